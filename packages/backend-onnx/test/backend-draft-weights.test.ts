import { type Adapter, adapterParameterShapes, type Float32Tensor, type PassRow } from "@anabranch/core";
import type { DraftWeights } from "@anabranch/graph-backend";
import { expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";
import { randomWeights, smallSpec, smallStreams } from "./lowering/small-model.js";

const spec = { ...smallSpec, hiddenSize: 64, headSize: 16, mlpSize: 96, vocabularySize: 80 };
const weights = { spec, tensors: randomWeights(spec, undefined, 3) };
const streams = { ...smallStreams, mode: "lossless" } as const;
const all = randomWeights(spec, streams, 4);
const adapter: Adapter = {
  streams,
  tensors: new Map(
    [...adapterParameterShapes(spec, streams).keys()].map((name) => [name, all.get(name) as Float32Tensor]),
  ),
};
const rows: PassRow[] = [1, 2, 3, 4].map((token, row) => ({ token, parent: row - 1, read: { logits: true } }));

async function run(draftWeights: DraftWeights) {
  const model = await createOnnxBackend({ threads: 1, draftWeights }).load(weights);
  const handle = await model.attach(adapter);
  const sequence = await model.createSequence({ adapter: handle });
  const [pass] = await model.pass([{ sequence, rows }]);
  await model.commit([{ sequence, path: [0, 1, 2, 3] }]);
  await model.streams([{ sequence }]);
  const [draft] = await model.draft([{ sequence, bonus: 5, limit: { nodes: 1, topK: 1 } }]);
  await model.dispose();
  return { logits: pass?.rows.map((row) => row.logits), logProb: draft?.logProbs[0] ?? Number.NaN };
}

it("rounds what streams compute with, and nothing that verification reads", async () => {
  const exact = await run("as-loaded");
  const rounded = await run("int8");
  expect(rounded.logits).toEqual(exact.logits);
  expect(rounded.logProb).not.toBe(exact.logProb);
  expect(Math.abs(rounded.logProb - exact.logProb)).toBeLessThan(0.1);
});
