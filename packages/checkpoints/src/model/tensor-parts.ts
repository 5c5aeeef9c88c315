import { toFloat32, type WeightTensor } from "@anabranch/core";

/** Rows from .. to-1 of a matrix [out, in] (or entries of a vector): views, since all parts of a tensor stay together. */
export function rowsOf(tensor: WeightTensor, from: number, to: number): WeightTensor {
  const [rows, ...rest] = tensor.shape as readonly [number, ...number[]];
  if (from === 0 && to === rows) return tensor;
  /** What belongs to those rows of an array that has as many numbers for each. */
  const part = <Data extends Float32Array | Int8Array | Uint8Array>(data: Data): Data => {
    const width = data.length / rows;
    return data.subarray(from * width, to * width) as Data;
  };
  const shape = [to - from, ...rest];
  const { stored: _, ...numbers } = tensor;
  switch (numbers.format) {
    case "f32":
      return { ...numbers, shape, data: part(numbers.data) };
    case "int8-block":
      return { ...numbers, shape: shape as [number, number], data: part(numbers.data), scales: part(numbers.scales) };
    case "int4-block": {
      const { offsets } = numbers;
      return {
        ...numbers,
        shape: shape as [number, number],
        data: part(numbers.data),
        scales: part(numbers.scales),
        ...(offsets !== undefined && { offsets: part(offsets) }),
      };
    }
  }
}

/** [in, out] as [out, in]; float32, since blocks lie along the other axis then. */
export function transposed(tensor: WeightTensor): WeightTensor {
  const [rows, columns] = tensor.shape as readonly [number, number];
  const from = toFloat32(tensor);
  const data = new Float32Array(from.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) data[column * rows + row] = from[row * columns + column] as number;
  }
  return { format: "f32", shape: [columns, rows], data };
}

/** 1 + w, in float32 as Gemma's own code adds it. */
export function plusOne(tensor: WeightTensor): WeightTensor {
  return { format: "f32", shape: tensor.shape, data: toFloat32(tensor).map((value) => 1 + value) };
}
