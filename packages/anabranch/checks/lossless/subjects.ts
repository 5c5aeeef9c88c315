import { modelFile } from "@anabranch/bench-kit/smollm2";
import { type StreamTiming, streamDrafter } from "@anabranch/core";
import { lossless } from "@anabranch/model-e2e";
import { DEFAULT_LIMIT, makeDrafter } from "../../src/model/drafting.js";
import type { LanguageModel } from "../../src/model/language-model.js";
import { load } from "../../src/model/load.js";
import { halfRightDrafter } from "./half-right-drafter.js";
import { chatPrompts, e2ePrompts } from "./prompts.js";
import { type RandomAdapterOptions, randomAdapter } from "./random-adapter.js";
import type { Subject, Trial } from "./subject.js";

export interface SubjectOptions {
  /** Prompts of each model. */
  readonly prompts: number;
  /** Most tokens of SmolLM2's texts; 32 when absent. E2E's are sentences, and end. */
  readonly tokens?: number;
  /** The backend's default when absent. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** The E2E model with its shipped streams, at what `load` takes on the wasm backend. */
export async function e2eSubject({ prompts, tokens: _, ...options }: SubjectOptions): Promise<Subject> {
  const { adapter: folder, model: place } = lossless;
  const model = await load(place, { backend: "wasm", adapter: folder, ...options });
  const adapter = model.adapter as NonNullable<LanguageModel["adapter"]>;
  const trials = (["parallel", "deferred"] as const).map(async (streams): Promise<Trial> => {
    const drafter = await makeDrafter(model, { streams, nodes: DEFAULT_LIMIT.nodes });
    return { name: `E2E, its own streams, ${streams}`, adapter, drafter: () => drafter };
  });
  return {
    model,
    prompts: await e2ePrompts(model.tokenizer, prompts),
    maxTokens: 128,
    trials: await Promise.all(trials),
  };
}

/** γ, N_s and rank of the random streams; each adapter runs in both timings, with and without right tokens grafted in. */
const RANDOM: readonly (RandomAdapterOptions & { readonly alone: StreamTiming; readonly helped: StreamTiming })[] = [
  { gamma: 2, msaLayers: 4, rank: 4, seed: 1, alone: "parallel", helped: "deferred" },
  { gamma: 4, msaLayers: 10, rank: 16, seed: 2, alone: "deferred", helped: "parallel" },
];

/** SmolLM2-135M at 8 bits with two random adapters, whose drafts are mostly wrong, and half right with some help. */
export async function smollm2Subject({ prompts, tokens = 32, ...rest }: SubjectOptions): Promise<Subject> {
  const model = await load(modelFile, { backend: "wasm", weights: "int8", keepCopy: false, ...rest });
  const { vocabularySize } = model.model.spec;
  const trials: Trial[] = [];
  for (const { alone, helped, ...options } of RANDOM) {
    const adapter = await model.model.attach(randomAdapter(model.model.spec, options));
    const limit = { ...DEFAULT_LIMIT, depth: options.gamma };
    const name = `SmolLM2, random streams (γ ${options.gamma}, N_s ${options.msaLayers}, rank ${options.rank})`;
    const streams = streamDrafter({ adapter, limit, timing: alone });
    trials.push({ name: `${name}, ${alone}`, adapter, drafter: () => streams });
    const beside = streamDrafter({ adapter, limit: { ...limit, nodes: 2 }, timing: helped });
    trials.push({
      name: `${name}, ${helped}, half right`,
      adapter,
      drafter: (text, seed) => halfRightDrafter({ streams: beside, text, depth: 3, vocabularySize, seed }),
    });
  }
  return { model, prompts: chatPrompts(model.tokenizer, prompts), maxTokens: tokens, trials };
}
