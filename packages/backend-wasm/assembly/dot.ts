/**
 * The product that everything rests on: 4 rows x 4 features of 8-bit weights with 4 activations, exact in integers, so
 * that all builds give the same numbers.
 *
 * - Relaxed build: one processor instruction. Machines differ in what they take its second operand for where that leaves
 *   0..127: for unsigned bytes (x86 with VNNI) or for signed ones (ARM); others do not sum exactly, and run the plain build.
 *   So weights w, which are that operand, are stored as w + `weightOffset`, which is 128 or 0, and 4-bit ones as 0..15. What is
 *   too much is the offset times the sum of a row's activations, which is known before the product. 14-bit activations q are
 *   stored as halves, q >> 7 and the lowest 7 bits, which are multiplied like two rows and then added up, the first weighed 128.
 * - Plain build: activations of both kinds are 16-bit integers, weights are widened.
 */

/** What 8-bit weights are stored with too much in the relaxed build; probe-features.ts says which. */
@external("env", "weightOffset")
export declare const weightOffset: i32;

/** What 4-bit weights are stored with too much. */
export const NIBBLE_OFFSET: i32 = 8;

/** The largest activation: symmetric, and within a byte or the halves. */
@inline
export function activationLevels(wide: bool): i32 {
  return wide ? 8191 : 127;
}

/** Whether a row of activations stands in memory as two, its first and its second halves. */
@inline
export function halved(wide: bool): bool {
  return EXACT_DOT && wide;
}

/** acc + the products of the relaxed build, a row in each lane. @param weights of 4 rows, as `storeGroup` lays them */
@inline
export function dotBytes(weights: v128, x: v128, acc: v128): v128 {
  if (EXACT_DOT) return i32x4.relaxed_dot_i8x16_i7x16_add_s(x, weights, acc);
  return unreachable();
}

/**
 * acc + the products, a row in each lane.
 *
 * @param half 0 for rows 0-3, 1 for rows 4-7
 * @param w0 the 32 bytes that `storeGroup` lays, with `w1`
 * @param x the 4 activations, or 4 halves, in every lane; of the plain build the first 2 of them
 * @param behind in the plain build the other 2
 */
@inline
export function dot4(half: i32, w0: v128, w1: v128, x: v128, behind: v128, acc: v128): v128 {
  if (EXACT_DOT) return dotBytes(half == 0 ? w0 : w1, x, acc);
  // Of both halves of a vector V8 makes one widening to 256 bits.
  const front = i32x4.dot_i16x8_s(half == 0 ? i16x8.extend_low_i8x16_s(w0) : i16x8.extend_high_i8x16_s(w0), x);
  const back = i32x4.dot_i16x8_s(half == 0 ? i16x8.extend_low_i8x16_s(w1) : i16x8.extend_high_i8x16_s(w1), behind);
  return i32x4.add(i32x4.add(acc, front), back);
}

/**
 * Stores 4 activations, integers in the lanes of `q`, as `dot4` reads them.
 *
 * @param second where second halves go, if there are any
 */
@inline
export function storeActivations(x: usize, second: usize, q: v128, wide: bool): void {
  if (EXACT_DOT) {
    storeBytes(x, wide ? i32x4.shr_s(q, 7) : q);
    if (wide) storeBytes(second, v128.and(q, i32x4.splat(127)));
  } else {
    v128.store64_lane(x, i16x8.narrow_i32x4_s(q, q), 0);
  }
}

/** `storeActivations` of 16 behind each other, that is of two steps. */
@inline
export function storeSixteen(x: usize, a: v128, b: v128, c: v128, d: v128, wide: bool): void {
  if (!EXACT_DOT) {
    v128.store(x, i16x8.narrow_i32x4_s(a, b));
    v128.store(x, i16x8.narrow_i32x4_s(c, d), 16);
    return;
  }
  if (!wide) {
    v128.store(x, sixteenBytes(a, b, c, d));
    return;
  }
  const low = i32x4.splat(127);
  const first = sixteenBytes(i32x4.shr_s(a, 7), i32x4.shr_s(b, 7), i32x4.shr_s(c, 7), i32x4.shr_s(d, 7));
  const second = sixteenBytes(v128.and(a, low), v128.and(b, low), v128.and(c, low), v128.and(d, low));
  v128.store(x, v128.shuffle<i64>(first, second, 0, 2));
  v128.store(x, v128.shuffle<i64>(first, second, 1, 3), 16);
}

@inline
function sixteenBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

@inline
function storeBytes(at: usize, integers: v128): void {
  const words = i16x8.narrow_i32x4_s(integers, integers);
  v128.store32_lane(at, i8x16.narrow_i16x8_s(words, words), 0);
}

/**
 * Stores 4 weights of one row, a byte each, where `dot4` looks for them in the 32 bytes of a tile's 8 rows. Relaxed
 * build: [row][4 features]. Plain build: [2 pairs][row][2 features], so that pairs, widened, have a row in each lane.
 */
@inline
export function storeGroup(group: usize, row: usize, weights: u32): void {
  if (EXACT_DOT) {
    store<u32>(group + row * 4, weights);
  } else {
    store<u16>(group + row * 2, <u16>weights);
    store<u16>(group + row * 2, <u16>(weights >> 16), 16);
  }
}

/** The 4 weights that `storeGroup` stored. */
@inline
export function loadGroup(group: usize, row: usize): u32 {
  if (EXACT_DOT) return load<u32>(group + row * 4);
  return <u32>load<u16>(group + row * 2) | ((<u32>load<u16>(group + row * 2, 16)) << 16);
}
