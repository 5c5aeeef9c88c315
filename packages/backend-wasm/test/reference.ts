import { type Graph, interpret, type OperationName, type Operations, type ReferenceTensor } from "@anabranch/core";

/** A tensor for the reference; float64 or whole numbers. */
export function tensor(
  shape: readonly number[],
  data: ArrayLike<number>,
  dtype: "f32" | "i32" = "f32",
): ReferenceTensor {
  return { shape, data: dtype === "f32" ? Float64Array.from(data) : Int32Array.from(data) };
}

/** One operation of the graph, as core's reference interpreter computes it. */
export function reference<Name extends OperationName>(
  op: Name,
  inputs: readonly ReferenceTensor[],
  attributes: Operations[Name]["attributes"],
  outputCount = 1,
): ReferenceTensor[] {
  const names = inputs.map((_, index) => `in${index}`);
  const outputs = Array.from({ length: outputCount }, (_, index) => `out${index}`);
  const graph = {
    name: op,
    inputs: names,
    parameters: [],
    nodes: [{ op, inputs: names, attributes, outputs }],
    outputs: Object.fromEntries(outputs.map((name) => [name, name])),
    values: {},
  } as unknown as Graph;
  const results = interpret(graph, Object.fromEntries(inputs.map((input, index) => [`in${index}`, input])));
  return outputs.map((name) => results[name] as ReferenceTensor);
}

/** The largest |actual - expected| / (1 + |expected|): absolute near 0, relative far from it; NaN if any is. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    const [a, b] = [actual[index] as number, expected[index] as number];
    largest = Math.max(largest, Math.abs(a - b) / (1 + Math.abs(b)));
  }
  return largest;
}
