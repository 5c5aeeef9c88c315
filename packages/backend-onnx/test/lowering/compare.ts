import { type CompileOptions, type Graph, type GraphRuntime, referenceRuntime, type Tensor } from "@anabranch/core";
import { expect } from "vitest";
import { createOnnxRuntime } from "../../src/runtime/onnx-runtime.js";

export const onnx = createOnnxRuntime({ threads: 2 });

export async function runOn(
  runtime: GraphRuntime,
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  options: CompileOptions = {},
): Promise<Record<string, Tensor>> {
  const compiled = await runtime.compile(graph, options);
  try {
    return await compiled.run(inputs);
  } finally {
    await compiled.dispose();
  }
}

/** Largest difference over the largest value of the tensor that is right. */
export function relativeDifference(actual: Tensor, right: Tensor): number {
  let difference = 0;
  let largest = 0;
  for (let at = 0; at < right.data.length; at++) {
    const value = right.data[at] as number;
    const off = Math.abs((actual.data[at] as number) - value);
    if (!(off <= difference)) difference = off;
    largest = Math.max(largest, Math.abs(value));
  }
  return difference === 0 ? 0 : difference / (largest || 1);
}

/** Holds every output of ONNX against the reference interpreter: float32's rounding and no more. */
export async function expectAsReference(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  options: CompileOptions = {},
  tolerance = 1e-4,
): Promise<void> {
  const right = await runOn(referenceRuntime, graph, inputs, options);
  const actual = await runOn(onnx, graph, inputs, options);
  expect(Object.keys(actual).sort()).toEqual(Object.keys(right).sort());
  for (const [name, tensor] of Object.entries(right)) {
    const found = actual[name] as Tensor;
    expect(found.shape, name).toEqual(tensor.shape);
    if (tensor.data instanceof Int32Array) expect([...found.data], name).toEqual([...tensor.data]);
    else expect(relativeDifference(found, tensor), name).toBeLessThan(tolerance);
  }
}
