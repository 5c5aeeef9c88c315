import type { WeightTensor } from "@anabranch/core";

/**
 * llama.cpp turns neighbouring features (2i, 2i + 1) of a head in llama models, Hugging Face features i and i + half; so the
 * rows of query and key weights are stored in another order. Puts them back, in place.
 *
 * @param tensor [heads * headSize, in], or a bias [heads * headSize]
 */
export function undoRopePairs(tensor: WeightTensor, heads: number): void {
  const rows = tensor.shape[0] as number;
  const headSize = rows / heads;
  moveRows(tensor.data, rows, headSize);
  if (tensor.format !== "f32") moveRows(tensor.scales, rows, headSize);
  if (tensor.format === "int4-block" && tensor.offsets !== undefined) moveRows(tensor.offsets, rows, headSize);
}

function moveRows(data: Float32Array | Int8Array | Uint8Array, rows: number, headSize: number): void {
  const width = data.length / rows;
  const half = headSize / 2;
  for (let head = 0; head < rows; head += headSize) {
    const stored = data.slice(head * width, (head + headSize) * width);
    for (let i = 0; i < headSize; i++) {
      const from = i < half ? 2 * i : 2 * (i - half) + 1;
      data.set(stored.subarray(from * width, (from + 1) * width), (head + i) * width);
    }
  }
}
