/** The part of ONNX's messages (onnx.proto) that the lowering writes. */

/** Element types by their ONNX numbers. */
export const ElementType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

export type ElementType = (typeof ElementType)[keyof typeof ElementType];

/** A weight or constant. `parts` are its raw little-endian bytes, one after the other, not copied until encoding; or their place in
 * a file, which ONNX Runtime maps. */
export interface TensorMessage {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly parts: readonly Uint8Array[] | StoredPart;
}

/** A stretch of a file of external data; `location` is relative to the model's folder. */
export interface StoredPart {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** An attribute's value; integers and floats look alike in JavaScript, hence the tags. */
export type AttributeMessage =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] };

export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  /** "" is ONNX's own operators. */
  readonly domain: "" | "com.microsoft";
  readonly inputs: readonly string[];
  /** "" for an optional output that is not wanted. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeMessage>>;
}

/** An input or output of the model; an axis is a length or a symbol. */
export interface ValueMessage {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface ModelMessage {
  readonly name: string;
  readonly nodes: readonly NodeMessage[];
  readonly initializers: readonly TensorMessage[];
  readonly inputs: readonly ValueMessage[];
  readonly outputs: readonly ValueMessage[];
}
