import type { AttendAttributes, KeyLayout } from "../../graph/index.js";
import { lengthOf, type ReferenceTensor, row } from "../tensor.js";

/** The tensors of an attend node by what they are. */
export interface AttendTensors {
  readonly query: ReferenceTensor;
  readonly sources: readonly AttendSource[];
  readonly own: { readonly keys: ReferenceTensor; readonly values: ReferenceTensor } | undefined;
  /** What follows the forward inputs: for the gradient, probabilities and the gradient of the output. */
  readonly rest: readonly ReferenceTensor[];
}

export interface AttendSource {
  readonly layout: KeyLayout;
  readonly keys: ReferenceTensor;
  readonly values: ReferenceTensor;
  /** [batch, positions, slots] */
  readonly bias: ReferenceTensor;
}

/** The same reading of the inputs as `attendInputs`, of tensors in place of names. */
export function attendTensors(inputs: readonly ReferenceTensor[], attributes: AttendAttributes): AttendTensors {
  const at = (index: number): ReferenceTensor => inputs[index] as ReferenceTensor;
  const ownAt = 1 + 3 * attributes.sources.length;
  const hasOwn = attributes.own !== "none";
  return {
    query: at(0),
    sources: attributes.sources.map((layout, source) => ({
      layout,
      keys: at(1 + 3 * source),
      values: at(2 + 3 * source),
      bias: at(3 + 3 * source),
    })),
    own: hasOwn ? { keys: at(ownAt), values: at(ownAt + 1) } : undefined,
    rest: inputs.slice(hasOwn ? ownAt + 2 : ownAt),
  };
}

/** A place from which one looks at keys: a position of a sequence, and one of the kv heads. */
export interface KeyPlace {
  readonly batch: number;
  readonly position: number;
  readonly positions: number;
  readonly kvHead: number;
}

/** Keys (or values, or gradients of either) as an attend node takes them: its sources, then the positions' own. */
export interface KeyTensors<Data extends Float64Array | Int32Array> {
  readonly sources: readonly { readonly layout: KeyLayout; readonly tensor: ReferenceTensor<Data> }[];
  readonly own: ReferenceTensor<Data> | undefined;
}

/** The vectors [headSize] at a place, views: every slot of every source, then the position's own. */
export function keysAt<Data extends Float64Array | Int32Array>(
  { sources, own }: KeyTensors<Data>,
  { headSize, ownLength }: AttendAttributes,
  { batch, position, positions, kvHead }: KeyPlace,
): Data[] {
  const vectors: Data[] = [];
  const headOf = (vector: Data): Data => vector.subarray(kvHead * headSize, (kvHead + 1) * headSize) as Data;
  for (const { layout, tensor } of sources) {
    const slots = lengthOf(tensor, 1);
    for (let slot = 0; slot < slots; slot++) {
      if (layout === "heads") vectors.push(row(tensor, kvHead * slots + slot));
      else vectors.push(headOf(row(tensor, batch * slots + slot)));
    }
  }
  if (own !== undefined) {
    const first = (batch * positions + position) * ownLength;
    for (let stream = 0; stream < ownLength; stream++) vectors.push(headOf(row(own, first + stream)));
  }
  return vectors;
}

/** How many of its position's own keys a member sees: the first so many. */
export function ownKeysSeen({ own, ownLength }: AttendAttributes, member: number): number {
  switch (own) {
    case "none":
      return 0;
    case "streams":
      return member + 1;
    case "main-and-streams":
      return member === 0 ? ownLength : member;
  }
}
