import { type Graph, GraphBuilder, type OperationName, type Operations, type Tensor } from "@anabranch/core";

/** A graph of one node; every input of it is an input of the graph, named i0, i1, ..., every output an output o0, ... */
export function singleOperation<Name extends OperationName>(
  op: Name,
  tensors: readonly Tensor[],
  attributes: Operations[Name]["attributes"],
  outputCount = 1,
): { graph: Graph; inputs: Record<string, Tensor> } {
  const builder = new GraphBuilder(op);
  const inputs: Record<string, Tensor> = {};
  const names = tensors.map((tensor, index) => {
    const name = `i${index}`;
    inputs[name] = tensor;
    return builder.input(name, tensor.shape, tensor.data instanceof Int32Array ? "i32" : "f32");
  });
  const outputs = builder.add(op, op, names as unknown as Operations[Name]["inputs"], attributes, outputCount);
  for (const [index, output] of outputs.entries()) builder.output(`o${index}`, output);
  return { graph: builder.build(), inputs };
}
