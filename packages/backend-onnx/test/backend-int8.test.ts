import type { ModelWeights, PassRow, WeightTensor } from "@anabranch/core";
import { expect, it } from "vitest";
import { quantized } from "../bench/pass-model.js";
import { createOnnxBackend, type OnnxBackendOptions } from "../src/index.js";
import { randomWeights, smallSpec } from "./lowering/small-model.js";

const spec = { ...smallSpec, hiddenSize: 64, headSize: 16, mlpSize: 96, vocabularySize: 80 };
const float: ModelWeights = { spec, tensors: randomWeights(spec, undefined, 3) };
const weights = quantized(float);
const rows: PassRow[] = [1, 2, 3, 4, 5].map((token, row) => ({ token, parent: row - 1, read: { logits: true } }));

async function logitsOf(options: OnnxBackendOptions): Promise<number[]> {
  const model = await createOnnxBackend({ threads: 1, ...options }).load(weights);
  const [result] = await model.pass([{ sequence: await model.createSequence(), rows }]);
  await model.dispose();
  return (result?.rows ?? []).flatMap(({ logits }) => [...(logits ?? [])]);
}

/** Root of the mean squared difference, as a share of the root mean square. */
function deviation(actual: readonly number[], expected: readonly number[]): number {
  const square = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(square(expected.map((value, at) => value - (actual[at] as number))) / square(expected));
}

it("runs 8-bit weights as what they stand for, and close to it where rows are rounded too", async () => {
  const [asFloat, exact, rounded] = [
    await logitsOf({ weights: "float32" }),
    await logitsOf({ rowPrecision: "float32" }),
    await logitsOf({}),
  ];
  expect(deviation(exact, asFloat)).toBeLessThan(1e-5);
  expect(deviation(rounded, asFloat)).toBeLessThan(3e-2);
  expect(deviation(rounded, asFloat)).toBeGreaterThan(1e-5);
});

it("leaves the caller's weights as they are", async () => {
  const before = (weights.tensors.get("model.layers.0.mlp.up_proj.weight") as WeightTensor).data.slice();
  await logitsOf({});
  expect((weights.tensors.get("model.layers.0.mlp.up_proj.weight") as WeightTensor).data).toEqual(before);
});
