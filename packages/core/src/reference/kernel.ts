import type { OperationName, Operations } from "../graph/index.js";
import type { ReferenceTensor } from "./tensor.js";

type Tensors<Names extends readonly string[]> = { readonly [Index in keyof Names]: ReferenceTensor };

/** What computes one operation: as many tensors in and out as the operation has, in its order. */
export type Kernel<Name extends OperationName> = (
  inputs: Tensors<Operations[Name]["inputs"]>,
  attributes: Operations[Name]["attributes"],
) => Tensors<Operations[Name]["outputs"]>;
