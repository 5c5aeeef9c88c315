/** A value inside the reference interpreter, row-major: float64 where the graph says f32, whole numbers where it says i32. */
export interface ReferenceTensor<Data extends Float64Array | Int32Array = Float64Array | Int32Array> {
  readonly shape: readonly number[];
  readonly data: Data;
}

export type FloatTensor = ReferenceTensor<Float64Array>;
export type IntTensor = ReferenceTensor<Int32Array>;

/** Elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

export function zeros(shape: readonly number[]): FloatTensor {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

export function intZeros(shape: readonly number[]): IntTensor {
  return { shape, data: new Int32Array(sizeOf(shape)) };
}

/** The length of an axis; negative axes count from the last. */
export function lengthOf(x: ReferenceTensor, axis: number): number {
  return x.shape.at(axis) as number;
}

/** How many vectors along the last axis a tensor has: the product of its other axes. */
export function rowCount(x: ReferenceTensor): number {
  return sizeOf(x.shape.slice(0, -1));
}

/** Vector `index` along the last axis: a view, so that writing to it writes to the tensor. */
export function row<Data extends Float64Array | Int32Array>(x: ReferenceTensor<Data>, index: number): Data {
  const width = lengthOf(x, -1);
  return x.data.subarray(index * width, (index + 1) * width) as Data;
}
