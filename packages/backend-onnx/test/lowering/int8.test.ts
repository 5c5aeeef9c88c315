import {
  buildPassGraph,
  type Int8BlockTensor,
  referenceRuntime,
  type Tensor,
  toFloat32,
  UnsupportedError,
  type WeightTensor,
} from "@anabranch/core";
import { describe, expect, test } from "vitest";
import { createOnnxRuntime } from "../../src/runtime/onnx-runtime.js";
import { onnx, relativeDifference, runOn } from "./compare.js";
import { passInputs } from "./pass-inputs.js";
import { random, randomFloats } from "./random.js";
import { singleOperation } from "./single-operation.js";
import { randomWeights, smallSpec } from "./small-model.js";

const fine = createOnnxRuntime({ threads: 2, rowPrecision: "int16" });
const exact = createOnnxRuntime({ threads: 2, rowPrecision: "float32" });

/** Rounds a matrix to int8 by block, symmetric. */
function quantise(tensor: WeightTensor, blockSize: number): Int8BlockTensor {
  const [rows, columns] = tensor.shape as readonly [number, number];
  const values = toFloat32(tensor);
  const blocks = Math.ceil(columns / blockSize);
  const data = new Int8Array(rows * columns);
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const from = row * columns + block * blockSize;
      const part = values.subarray(from, Math.min(from + blockSize, (row + 1) * columns));
      const scale = Math.fround(Math.max(...part.map(Math.abs)) / 127) || 1;
      scales[row * blocks + block] = scale;
      for (const [index, value] of part.entries()) data[from + index] = Math.round(value / scale);
    }
  }
  return { format: "int8-block", shape: [rows, columns], data, blockSize, scales };
}

/** Every matrix of the model as int8; the reference interpreter reads the same numbers, made float again. */
function int8Model(blockSize: number) {
  const graph = buildPassGraph({ spec: smallSpec, streamRows: "none", past: "heads", logits: { main: "all" } });
  const constants = randomWeights(smallSpec, undefined, 11);
  for (const [name, tensor] of constants) {
    if (tensor.shape.length === 2) constants.set(name, quantise(tensor, blockSize));
  }
  const sizes = { symbols: { batch: 1, rows: 5, slots: 7 }, vocabulary: 29, maxPositions: 64 };
  return { graph, constants, inputs: passInputs(graph, sizes, 2) };
}

describe("int8 weights, held against the reference interpreter with the same weights made float", () => {
  test.each([16, 32, 128])("rows in float32 are off by rounding alone, blocks of %i", async (blockSize) => {
    const { graph, constants, inputs } = int8Model(blockSize);
    const right = await runOn(referenceRuntime, graph, inputs, { constants });
    const actual = await runOn(exact, graph, inputs, { constants });
    for (const [name, tensor] of Object.entries(right)) {
      expect(relativeDifference(actual[name] as Tensor, tensor), name).toBeLessThan(1e-4);
    }
  });

  test.each([16, 32, 128])("rows of 16 bits are off by a ten-thousandth or so, blocks of %i", async (blockSize) => {
    const { graph, constants, inputs } = int8Model(blockSize);
    const right = await runOn(referenceRuntime, graph, inputs, { constants });
    const actual = await runOn(fine, graph, inputs, { constants });
    for (const [name, tensor] of Object.entries(right)) {
      expect(relativeDifference(actual[name] as Tensor, tensor), name).toBeLessThan(5e-4);
    }
  });

  test("rows of 16 bits for queries, keys and values leave less to err than none", async () => {
    const { graph, constants, inputs } = int8Model(32);
    const right = await runOn(referenceRuntime, graph, inputs, { constants });
    const [first = 0, second = 0, third = 0] = await Promise.all(
      [onnx, createOnnxRuntime({ threads: 2, rowPrecision: "mixed" }), fine].map(async (runtime) => {
        const actual = await runOn(runtime, graph, inputs, { constants });
        const keys = "new.0.keys.main";
        return relativeDifference(actual[keys] as Tensor, right[keys] as Tensor);
      }),
    );
    // The first layer's keys read nothing but the embedding.
    expect(first).toBeGreaterThan(1e-4);
    expect(second).toBeLessThan(1e-4);
    expect(third).toBeLessThan(1e-4);
  });

  test.each([16, 32, 128])(
    "rows rounded to int8 are off by a hundredth at most in one map, blocks of %i",
    async (blockSize) => {
      const x = randomFloats(random(3), [2, 3, 80]);
      const weight = randomFloats(random(4), [48, 80]);
      const { graph } = singleOperation("linear", [x, weight], { transposed: false });
      const asParameter = { ...graph, inputs: ["i0"], parameters: ["i1"] };
      const constants = new Map([["i1", quantise({ format: "f32", ...weight }, blockSize)]]);
      const right = await runOn(referenceRuntime, asParameter, { i0: x }, { constants });
      const actual = await runOn(onnx, asParameter, { i0: x }, { constants });
      expect(relativeDifference(actual["o0"] as Tensor, right["o0"] as Tensor)).toBeLessThan(1e-2);
    },
  );

  test("a block size that ONNX Runtime has not is refused by name", async () => {
    const { graph, constants } = int8Model(24);
    await expect(onnx.compile(graph, { constants })).rejects.toThrow(UnsupportedError);
  });

  test("int8 weights where only float32 can stand are refused by name", async () => {
    const x = randomFloats(random(1), [1, 2, 16]);
    const { graph } = singleOperation("linear", [x, randomFloats(random(2), [16, 16])], { transposed: true });
    const asParameter = { ...graph, inputs: ["i0"], parameters: ["i1"] };
    const constants = new Map([["i1", quantise({ format: "f32", ...randomFloats(random(2), [16, 16]) }, 16)]]);
    await expect(onnx.compile(asParameter, { constants })).rejects.toThrow(/i1/);
  });
});
