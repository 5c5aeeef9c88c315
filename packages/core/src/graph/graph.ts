import type { Shape } from "./dims.js";
import type { GraphNode } from "./operations.js";

export type DType = "f32" | "i32";

/** A tensor that flows through a graph. */
export interface GraphValue {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * A computation: plain, JSON-safe data. Nodes stand in an order in which every input is there before it is used.
 * `parameters` are weights (constant while decoding, inputs while training); `inputs` change with every run.
 */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  readonly nodes: readonly GraphNode[];
  /** Output name to the value that it is. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, GraphValue>>;
}
