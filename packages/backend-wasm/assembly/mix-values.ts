/**
 * out = (sum over slots, in their order, of weight * value) / (sum of the weights, in the same order), for 1, 4 or 8 `vectors` of the
 * head, from byte `at` on, and for one query or two, a and b. Weights are not summed by lanes, to which slots in between would move
 * them. 8 vectors are for 256 bits: with half as many, additions wait for those before them.
 *
 * @param values addresses of the slots' values, up to `end`
 * @param weightsA weights of the same slots, and `weightsB` likewise
 */
@inline
export function mix(
  queries: i32,
  vectors: i32,
  values: usize,
  end: usize,
  at: usize,
  weightsA: usize,
  weightsB: usize,
  outA: usize,
  outB: usize,
): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0, b6 = a0, b7 = a0;
  let sumA: f32 = 0, sumB: f32 = 0;
  for (; values < end; values += 4, weightsA += 4) {
    const value = load<usize>(values) + at;
    const a = v128.load32_splat(weightsA);
    const b = queries > 1 ? v128.load32_splat(weightsB) : a;
    sumA += load<f32>(weightsA);
    if (queries > 1) sumB += load<f32>(weightsB);
    let v = v128.load(value);
    a0 = f32x4.add(a0, f32x4.mul(a, v));
    if (queries > 1) b0 = f32x4.add(b0, f32x4.mul(b, v));
    if (vectors > 1) {
      v = v128.load(value, 16);
      a1 = f32x4.add(a1, f32x4.mul(a, v));
      if (queries > 1) b1 = f32x4.add(b1, f32x4.mul(b, v));
      v = v128.load(value, 32);
      a2 = f32x4.add(a2, f32x4.mul(a, v));
      if (queries > 1) b2 = f32x4.add(b2, f32x4.mul(b, v));
      v = v128.load(value, 48);
      a3 = f32x4.add(a3, f32x4.mul(a, v));
      if (queries > 1) b3 = f32x4.add(b3, f32x4.mul(b, v));
    }
    if (vectors > 4) {
      v = v128.load(value, 64);
      a4 = f32x4.add(a4, f32x4.mul(a, v));
      if (queries > 1) b4 = f32x4.add(b4, f32x4.mul(b, v));
      v = v128.load(value, 80);
      a5 = f32x4.add(a5, f32x4.mul(a, v));
      if (queries > 1) b5 = f32x4.add(b5, f32x4.mul(b, v));
      v = v128.load(value, 96);
      a6 = f32x4.add(a6, f32x4.mul(a, v));
      if (queries > 1) b6 = f32x4.add(b6, f32x4.mul(b, v));
      v = v128.load(value, 112);
      a7 = f32x4.add(a7, f32x4.mul(a, v));
      if (queries > 1) b7 = f32x4.add(b7, f32x4.mul(b, v));
    }
    if (queries > 1) weightsB += 4;
  }
  const factorA = f32x4.splat(sumA == 0 ? 0 : 1 / sumA);
  const factorB = f32x4.splat(sumB == 0 ? 0 : 1 / sumB);
  if (vectors > 4) {
    storeMixed(vectors, outA + at + 64, a4, a5, a6, a7, factorA);
    if (queries > 1) storeMixed(vectors, outB + at + 64, b4, b5, b6, b7, factorB);
  }
  storeMixed(vectors, outA + at, a0, a1, a2, a3, factorA);
  if (queries > 1) storeMixed(vectors, outB + at, b0, b1, b2, b3, factorB);
}

@inline
function storeMixed(vectors: i32, out: usize, v0: v128, v1: v128, v2: v128, v3: v128, factor: v128): void {
  v128.store(out, f32x4.mul(v0, factor));
  if (vectors > 1) {
    v128.store(out, f32x4.mul(v1, factor), 16);
    v128.store(out, f32x4.mul(v2, factor), 32);
    v128.store(out, f32x4.mul(v3, factor), 48);
  }
}
