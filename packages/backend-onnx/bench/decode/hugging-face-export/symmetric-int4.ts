import { type Int4BlockTensor, toFloat32 } from "@anabranch/core";

/**
 * 4 bits without offsets, as Hugging Face's q4 files have them (MatMulNBits has integer zero points only, and Q4_1's are none):
 * the weight that is farthest from zero becomes -8. As many bytes to read, other values.
 */
export function symmetricInt4(tensor: Int4BlockTensor): { data: Uint8Array; scales: Float32Array } {
  const [rows, columns] = tensor.shape;
  const { blockSize } = tensor;
  const values = toFloat32(tensor);
  const blocks = Math.ceil(columns / blockSize);
  const data = new Uint8Array((rows * blocks * blockSize) / 2).fill(0x88); // [out, blocks, blockSize / 2]
  const scales = new Float32Array(rows * blocks);
  for (let index = 0; index < scales.length; index++) {
    const row = Math.floor(index / blocks);
    const begin = row * columns + (index % blocks) * blockSize;
    const weights = values.subarray(begin, Math.min(begin + blockSize, (row + 1) * columns));
    const farthest = weights.reduce((far, weight) => (Math.abs(weight) > Math.abs(far) ? weight : far), 0);
    const scale = farthest / -8;
    scales[index] = scale;
    weights.forEach((weight, place) => {
      const q = scale === 0 ? 8 : Math.max(0, Math.min(15, Math.round(weight / scale) + 8));
      const byte = (index * blockSize + place) >> 1;
      const other = data[byte] as number;
      data[byte] = place % 2 === 0 ? (other & 0xf0) | q : (other & 0x0f) | (q << 4);
    });
  }
  return { data, scales };
}
