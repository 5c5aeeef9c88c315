/** Lanes of a vector: constants in all of them, sums and maxima over them, in one fixed order. */

/**
 * The bits of a constant in every lane, of which compilers do not know that it is one: V8 makes constants anew, of three instructions or of
 * six, wherever they are used, inner loops included.
 *
 * @param small any number below 2^31
 */
@inline
export function hidden(bits: i32, small: usize): v128 {
  return i32x4.splat(bits | <i32>(small >> 31));
}

/** The bits of 1.5 * 2^23: added to a number, it leaves the nearest integer in the lowest bits of the sum. */
export const ROUNDING: i32 = 0x4b400000;

/** Two vectors beside each other, of which V8 can make one of 256 bits if nothing else asks for either. */
@inline
export function storePair(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  v128.store(to, high, 16);
}

@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

@inline
export function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** [sum of a, sum of b, sum of c, sum of d], each summed as the others, whatever they hold. */
@inline
export function sumEach(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The first `count` floats at an address, 1 or more, up to 4, and zeros behind them; nothing behind them is read. */
@inline
export function loadFirst(at: usize, count: usize): v128 {
  return count >= 4 ? v128.load(at) : loadFew(at, count);
}

/** Stores the first `count` lanes, and touches nothing behind them. */
@inline
export function storeFirst(at: usize, v: v128, count: usize): void {
  if (count >= 4) v128.store(at, v);
  else storeFew(at, v, count);
}

// Functions of their own, so that the rare case is not in the code of every loop.

function loadFew(at: usize, count: usize): v128 {
  let v = v128.load32_zero(at);
  if (count > 1) v = v128.load32_lane(at, v, 1, 4);
  if (count > 2) v = v128.load32_lane(at, v, 2, 8);
  return v;
}

function storeFew(at: usize, v: v128, count: usize): void {
  if (count > 0) v128.store32_lane(at, v, 0);
  if (count > 1) v128.store32_lane(at, v, 1, 4);
  if (count > 2) v128.store32_lane(at, v, 2, 8);
}
