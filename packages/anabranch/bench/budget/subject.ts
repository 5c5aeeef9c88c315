import { chatPrompts } from "@anabranch/bench-kit/smollm2-chats";
import { ggufFor } from "@anabranch/bench-kit/smollm2-gguf";
import type { AdapterHandle } from "@anabranch/core";
import { lossless } from "@anabranch/model-e2e";
import { randomAdapter } from "../../checks/lossless/random-adapter.js";
import { DEMO_FACTS } from "../../src/cli/demo-facts.js";
import { load } from "../../src/index.js";
import { MachineBudgeting } from "../../src/model/budgeting.js";
import type { Budgeting } from "../../src/model/drafting.js";
import type { LanguageModel } from "../../src/model/language-model.js";

/** A model with streams, and what it is to write. */
export interface BudgetSubject extends Pick<LanguageModel, "model" | "opening" | "stopTokens"> {
  readonly description: string;
  readonly adapter: AdapterHandle;
  readonly budgeting: Budgeting;
  readonly prompts: readonly (readonly number[])[];
}

export interface SubjectSettings {
  readonly model: string;
  readonly adapter?: string | undefined;
  readonly threads: number;
  readonly prompts: number;
  readonly markov: boolean;
}

const RANDOM = { gamma: 5, msaLayers: 4, rank: 32, seed: 1 } as const;

export async function openSubject(settings: SubjectSettings): Promise<BudgetSubject> {
  const { model: name, adapter: folder, threads } = settings;
  const embedded = name === "e2e";
  const place = embedded ? lossless.model : name === "smollm2" ? await ggufFor("int8") : name;
  const adapterPlace = folder ?? (embedded ? lossless.adapter : undefined);
  const loaded = await load(place, { threads, ...(adapterPlace !== undefined && { adapter: adapterPlace }) });
  const prompts = embedded
    ? DEMO_FACTS.slice(0, settings.prompts).map((facts) => loaded.tokenizer.encode(facts))
    : (await chatPrompts(settings.prompts)).map(({ ids }) => ids);
  const { model, stopTokens, opening } = loaded;
  const parts = { model, stopTokens, opening, prompts };
  if (loaded.adapter !== undefined && loaded.budgeting !== undefined) {
    const { adapter, budgeting } = loaded;
    return { ...parts, adapter, budgeting, description: `${loaded.name} with ${loaded.adapterName}` };
  }
  const head = { markov: { kind: "rnn", rank: 192, tokenScale: 1 } } as const;
  const adapter = await model.attach(randomAdapter(model.spec, { ...RANDOM, ...(settings.markov && head) }));
  const budgeting = new MachineBudgeting(model, adapter, { bench: "random streams", ...settings });
  return { ...parts, adapter, budgeting, description: `${loaded.name} with random streams` };
}
