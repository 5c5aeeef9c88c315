import { expect } from "vitest";
import { GraphBuilder, type OperationName, type Operations, referenceRuntime, type Tensor } from "../../src/index.js";

const outputCount: Partial<Record<OperationName, number>> = {
  attend: 2,
  topLogProbs: 2,
  normGrad: 2,
  gateGrad: 2,
  insertStreamsGrad: 3,
};

/**
 * One operation, run by the reference as a graph of one node; the outputs' shapes are held against those that the graph infers.
 */
export async function apply<Name extends OperationName>(
  op: Name,
  inputs: readonly Tensor[],
  attributes: Operations[Name]["attributes"],
  outputs: number = outputCount[op] ?? 1,
): Promise<Tensor[]> {
  const builder = new GraphBuilder(op);
  const names = inputs.map(({ shape, data }, index) =>
    builder.input(`in${index}`, shape, data instanceof Int32Array ? "i32" : "f32"),
  );
  const results = builder.add(op, "out", names as unknown as Operations[Name]["inputs"], attributes, outputs);
  for (const name of results) builder.output(name, name);
  const graph = builder.build();
  const compiled = await referenceRuntime.compile(graph);
  const values = await compiled.run(Object.fromEntries(inputs.map((input, index) => [`in${index}`, input])));
  return results.map((name) => {
    const value = values[name] as Tensor;
    expect(value.shape).toEqual(graph.values[name]?.shape);
    expect(value.data instanceof Int32Array).toBe(graph.values[name]?.dtype === "i32");
    return value;
  });
}

/** The first output's numbers. */
export async function applied<Name extends OperationName>(
  op: Name,
  inputs: readonly Tensor[],
  attributes: Operations[Name]["attributes"],
): Promise<number[]> {
  return Array.from((await apply(op, inputs, attributes))[0]?.data ?? []);
}
