import { fileURLToPath } from "node:url";
import { loadAdapter, saveAdapter } from "@anabranch/checkpoints";
import { adapterParameterShapes, type Float32Tensor, seededRandom } from "@anabranch/core";
import { lossless, shared3 } from "@anabranch/model-e2e";
import { afterAll, describe, expect, it } from "vitest";
import { type GenerateOptions, type LanguageModel, load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const prompts = [
  "name[The Mill], eatType[pub], food[English], priceRange[cheap], area[riverside]",
  "name[Alimentum], area[city centre], familyFriendly[no]",
];
const maxTokens = 40;
const models: LanguageModel[] = [];
afterAll(async () => {
  for (const model of models) await model.dispose();
});

/** An embedded model whose adapter has a pruning adapter too: the model's own head on its lower layers, with some noise. */
async function withPruning({ model, adapter: place }: typeof lossless): Promise<LanguageModel> {
  const { adapter, ...settings } = await loadAdapter(fileURLToPath(place));
  const loaded = await load(model, { threads: 1 });
  const { spec } = loaded.model;
  const streams = { ...adapter.streams, pruning: { rank: 8, threshold: 0.02 } };
  const random = seededRandom(1);
  const tensors = [...adapterParameterShapes(spec, streams)].map(([name, shape]): [string, Float32Tensor] => {
    const data = new Float32Array(shape.reduce((size, axis) => size * axis, 1)).map(() => 0.05 * (random() - 0.5));
    return [name, adapter.tensors.get(name) ?? { format: "f32", shape, data }];
  });
  await loaded.dispose();
  const folder = await temporaryFolder();
  await saveAdapter(folder, { ...adapter, streams, tensors: new Map(tensors) }, { format: "f32", ...settings });
  models.push(await load(model, { adapter: folder, threads: 1 }));
  return models.at(-1) as LanguageModel;
}

/** Without phrases: what they are worth is learned from text to text, so that equal options would not draft equally. */
async function decoded(model: LanguageModel, prompt: string, options: GenerateOptions) {
  const tokens: number[] = [];
  let fromDraft = 0;
  for await (const piece of model.generate(prompt, { maxTokens, nodes: 12, phrases: false, ...options })) {
    if (piece.token === undefined) continue;
    tokens.push(piece.token);
    if (piece.fromDraft) fromDraft++;
  }
  return { tokens, fromDraft };
}

describe.each([
  ["lossless", lossless, ["parallel", "deferred"]],
  ["shared", shared3, ["parallel"]],
] as const)("the embedded %s model with pruned drafts", (_, embedded, timings) => {
  it("writes plain decoding's words for every threshold, and accepts no more than without", async () => {
    const model = await withPruning(embedded);
    const accepted = new Map<number | false | undefined, number>();
    for (const prompt of prompts) {
      const plain = await decoded(model, prompt, { drafter: "none" });
      for (const streams of timings) {
        for (const prune of [false, undefined, 0, 1e-4, 0.01, 0.3, 1] as const) {
          const { tokens, fromDraft } = await decoded(model, prompt, {
            streams,
            opening: false,
            ...(prune !== undefined && { prune }),
          });
          expect(tokens).toEqual(plain.tokens);
          accepted.set(prune, (accepted.get(prune) ?? 0) + fromDraft);
        }
      }
    }
    const whole = accepted.get(false) as number;
    expect(accepted.get(0)).toBe(whole);
    // The adapter's own threshold drops something that was right, and not all of it.
    expect(accepted.get(undefined)).toBeLessThan(whole);
    expect(accepted.get(undefined)).toBeGreaterThan(0);
    expect(accepted.get(1)).toBe(0);
  });
});

it("says so where pruning is asked of an adapter that cannot", async () => {
  const model = await load(lossless.model, { adapter: lossless.adapter, threads: 1 });
  models.push(model);
  await expect(decoded(model, prompts[0] as string, { streams: "deferred", prune: 0.1 })).rejects.toMatchObject({
    code: "UNSUPPORTED",
    subject: "pruning",
  });
});
