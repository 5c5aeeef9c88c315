import { loadFirst, storeFirst } from "./lanes";

/**
 * Turns the halves of each head, in place: (x_i, x_{i+half}) becomes (x_i cos - x_{i+half} sin, x_{i+half} cos + x_i
 * sin), with cos and sin of the row's position and of i. What of a head lies behind its first 2 * half numbers stays.
 *
 * @param x [rows, stride] f32, of which the first heads * headSize are turned
 * @param positions [rows] i32
 * @param cosines [positions, half] f32, and `sines` likewise
 * @param inverse turns back
 */
export function rope(
  x: usize,
  stride: usize,
  heads: usize,
  headSize: usize,
  half: usize,
  positions: usize,
  cosines: usize,
  sines: usize,
  inverse: bool,
  rowBegin: usize,
  rowEnd: usize,
): void {
  const sign = f32x4.splat(inverse ? -1 : 1);
  for (let row = rowBegin; row < rowEnd; row++) {
    const table = <usize>load<u32>(positions + row * 4) * half * 4;
    for (let head: usize = 0; head < heads; head++) {
      const first = x + (row * stride + head * headSize) * 4;
      const second = first + half * 4;
      for (let i: usize = 0; i < half; i += 4) {
        const left = half - i;
        const cos = loadFirst(cosines + table + i * 4, left);
        const sin = f32x4.mul(loadFirst(sines + table + i * 4, left), sign);
        const a = loadFirst(first + i * 4, left);
        const b = loadFirst(second + i * 4, left);
        storeFirst(first + i * 4, f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)), left);
        storeFirst(second + i * 4, f32x4.add(f32x4.mul(b, cos), f32x4.mul(a, sin)), left);
      }
    }
  }
}
