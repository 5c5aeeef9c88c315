import type { Tensor } from "@anabranch/core";

type Reused<Data> = { readonly shape: readonly number[]; readonly data: Data };

/** An input's numbers, and tensors of its latest shapes, all of which begin where they do. */
interface Held<Data> {
  readonly room: Data;
  readonly tensors: Reused<Data>[];
}

/** Shapes of an input that are kept: passes of a draft have few rows, and one number of them comes after another. */
const KEPT_SHAPES = 32;

/**
 * Inputs of a program, kept from run to run: a shape that comes again has the tensor and array that it had, and a runtime may keep
 * what it made of them.
 */
export class FeedBuffers {
  readonly #floats = new Map<string, Held<Float32Array>>();
  readonly #ints = new Map<string, Held<Int32Array>>();

  /** What the input held before, in whatever shape, is still in it. */
  floats(name: string, shape: readonly number[]): Reused<Float32Array> {
    return reuse(this.#floats, name, shape, (length) => new Float32Array(length));
  }

  ints(name: string, shape: readonly number[]): Reused<Int32Array> {
    return reuse(this.#ints, name, shape, (length) => new Int32Array(length));
  }
}

function reuse<Data extends Float32Array | Int32Array>(
  held: Map<string, Held<Data>>,
  name: string,
  shape: readonly number[],
  make: (length: number) => Data,
): Reused<Data> {
  let known = held.get(name);
  for (const tensor of known?.tensors ?? []) if (sameLengths(tensor.shape, shape)) return tensor;
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (known === undefined || known.room.length < length) {
    known = { room: make(length), tensors: [] };
    held.set(name, known);
  }
  const tensor = { shape, data: known.room.subarray(0, length) as Data } satisfies Tensor;
  if (known.tensors.push(tensor) > KEPT_SHAPES) known.tensors.shift();
  return tensor;
}

function sameLengths(a: readonly number[], b: readonly number[]): boolean {
  for (let axis = 0; axis < b.length; axis++) if (a[axis] !== b[axis]) return false;
  return a.length === b.length;
}
