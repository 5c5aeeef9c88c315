import { quantizeInt4 } from "@anabranch/checkpoints";
import {
  buildPassGraph,
  type Float32Tensor,
  type Int4BlockTensor,
  referenceRuntime,
  type Tensor,
} from "@anabranch/core";
import { describe, expect, test } from "vitest";
import { createOnnxRuntime } from "../../src/runtime/onnx-runtime.js";
import { onnx, relativeDifference, runOn } from "./compare.js";
import { passInputs } from "./pass-inputs.js";
import { random, randomFloats } from "./random.js";
import { singleOperation } from "./single-operation.js";
import { randomWeights, smallSpec } from "./small-model.js";

const exact = createOnnxRuntime({ threads: 2, rowPrecision: "float32" });

function int4(shape: readonly number[], seed: number, blockSize: number, offsets: boolean): Int4BlockTensor {
  const tensor = quantizeInt4({ format: "f32", ...randomFloats(random(seed), shape) } as Float32Tensor, blockSize);
  if (offsets) return tensor;
  const { offsets: _, ...symmetric } = tensor;
  return symmetric;
}

describe("4-bit weights, held against the reference interpreter with the same weights made float", () => {
  test.each([
    [16, true],
    [32, false],
    [32, true],
    [128, true],
  ])("a map is off by the rounding of its rows alone, blocks of %i, offsets: %s", async (blockSize, offsets) => {
    const x = randomFloats(random(3), [2, 3, 80]);
    const { graph } = singleOperation("linear", [x, randomFloats(random(4), [48, 80])], { transposed: false });
    const asParameter = { ...graph, inputs: ["i0"], parameters: ["i1"] };
    const constants = new Map([["i1", int4([48, 80], 4, blockSize, offsets)]]);
    const right = await runOn(referenceRuntime, asParameter, { i0: x }, { constants });
    const actual = await runOn(onnx, asParameter, { i0: x }, { constants });
    expect(relativeDifference(actual["o0"] as Tensor, right["o0"] as Tensor)).toBeLessThan(1e-2);
  });

  test.each([true, false])("rows of an embedding come out as they are, offsets: %s", async (offsets) => {
    const table = randomFloats(random(4), [48, 80]);
    const tokens = { shape: [1, 3], data: Int32Array.of(4, 0, 47) };
    const { graph } = singleOperation("embed", [table, tokens], {});
    const asParameter = { ...graph, inputs: ["i1"], parameters: ["i0"] };
    const constants = new Map([["i0", int4([48, 80], 4, 32, offsets)]]);
    const right = await runOn(referenceRuntime, asParameter, { i1: tokens }, { constants });
    const actual = await runOn(onnx, asParameter, { i1: tokens }, { constants });
    expect(relativeDifference(actual["o0"] as Tensor, right["o0"] as Tensor)).toBeLessThan(1e-6);
  });

  test.each([
    ["rounded", onnx, 5e-2],
    ["exact", exact, 1e-4],
  ])("a whole pass, rows %s", async (_, runtime, tolerance) => {
    const graph = buildPassGraph({ spec: smallSpec, streamRows: "none", past: "heads", logits: { main: "all" } });
    const constants = randomWeights(smallSpec, undefined, 11);
    for (const [name, tensor] of constants) {
      if (tensor.shape.length === 2) constants.set(name, quantizeInt4(tensor as Float32Tensor, 32));
    }
    const sizes = { symbols: { batch: 1, rows: 5, slots: 7 }, vocabulary: 29, maxPositions: 64 };
    const inputs = passInputs(graph, sizes, 2);
    const right = await runOn(referenceRuntime, graph, inputs, { constants });
    const actual = await runOn(runtime, graph, inputs, { constants });
    for (const [name, tensor] of Object.entries(right)) {
      expect(relativeDifference(actual[name] as Tensor, tensor), name).toBeLessThan(tolerance);
    }
  });
});
