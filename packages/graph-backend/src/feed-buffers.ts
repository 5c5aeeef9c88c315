import type { Tensor } from "@anabranch/core";

type Reused<Data> = { readonly shape: readonly number[]; readonly data: Data };

/**
 * Inputs of a program, kept from run to run: while a shape stays, so do its tensor and array, and a runtime may keep what
 * it made of them.
 */
export class FeedBuffers {
  readonly #floats = new Map<string, { room: Float32Array; tensor: Reused<Float32Array> }>();
  readonly #ints = new Map<string, { room: Int32Array; tensor: Reused<Int32Array> }>();

  /** What it held before is still in it. */
  floats(name: string, shape: readonly number[]): Reused<Float32Array> {
    return reuse(this.#floats, name, shape, (length) => new Float32Array(length));
  }

  ints(name: string, shape: readonly number[]): Reused<Int32Array> {
    return reuse(this.#ints, name, shape, (length) => new Int32Array(length));
  }
}

function reuse<Data extends Float32Array | Int32Array>(
  held: Map<string, { room: Data; tensor: Reused<Data> }>,
  name: string,
  shape: readonly number[],
  make: (length: number) => Data,
): Reused<Data> {
  const known = held.get(name);
  if (known !== undefined && sameLengths(known.tensor.shape, shape)) return known.tensor;
  const length = shape.reduce((product, axis) => product * axis, 1);
  const room = known !== undefined && known.room.length >= length ? known.room : make(length);
  const tensor = { shape, data: room.subarray(0, length) as Data } satisfies Tensor;
  held.set(name, { room, tensor });
  return tensor;
}

function sameLengths(a: readonly number[], b: readonly number[]): boolean {
  for (let axis = 0; axis < b.length; axis++) if (a[axis] !== b[axis]) return false;
  return a.length === b.length;
}
