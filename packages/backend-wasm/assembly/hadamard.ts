/**
 * Multiplies each stretch of `size` numbers by the orthonormal Hadamard matrix of that size (Sylvester's order), in
 * place: its own inverse. size: a power of two, 4 or more.
 *
 * @param x [stretches, size] f32
 */
export function hadamard(x: usize, size: usize, begin: usize, end: usize): void {
  const scale = f32x4.splat(1 / sqrt<f32>(<f32>size));
  for (let stretch = begin; stretch < end; stretch++) {
    const first = x + stretch * size * 4;
    butterflyFours(first, size, scale);
    // The rest by distances of 4, 8, 16 ...: two at a time, each pair one trip through memory.
    let distance: usize = 4;
    for (; distance * 2 < size; distance *= 4) butterflyTwice(first, size, distance);
    if (distance < size) butterfly(first, size, distance);
  }
}

/** Distances 1 and 2, within a vector. */
@inline
function butterflyFours(x: usize, size: usize, scale: v128): void {
  const oddMinus = f32x4(1, -1, 1, -1);
  const lateMinus = f32x4(1, 1, -1, -1);
  for (let at: usize = 0; at < size * 4; at += 16) {
    let v = f32x4.mul(v128.load(x + at), scale);
    v = f32x4.add(f32x4.mul(v, oddMinus), v128.shuffle<f32>(v, v, 1, 0, 3, 2));
    v = f32x4.add(f32x4.mul(v, lateMinus), v128.shuffle<f32>(v, v, 2, 3, 0, 1));
    v128.store(x + at, v);
  }
}

/** Distances d and 2d. */
@inline
function butterflyTwice(x: usize, size: usize, distance: usize): void {
  const d = distance * 4;
  for (let start: usize = 0; start < size * 4; start += 4 * d) {
    for (let at = x + start; at < x + start + d; at += 16) {
      const a = v128.load(at), b = v128.load(at + d), c = v128.load(at + 2 * d), e = v128.load(at + 3 * d);
      const ab = f32x4.add(a, b), aMinusB = f32x4.sub(a, b);
      const ce = f32x4.add(c, e), cMinusE = f32x4.sub(c, e);
      v128.store(at, f32x4.add(ab, ce));
      v128.store(at + d, f32x4.add(aMinusB, cMinusE));
      v128.store(at + 2 * d, f32x4.sub(ab, ce));
      v128.store(at + 3 * d, f32x4.sub(aMinusB, cMinusE));
    }
  }
}

@inline
function butterfly(x: usize, size: usize, distance: usize): void {
  const d = distance * 4;
  for (let start: usize = 0; start < size * 4; start += 2 * d) {
    for (let at = x + start; at < x + start + d; at += 16) {
      const a = v128.load(at), b = v128.load(at + d);
      v128.store(at, f32x4.add(a, b));
      v128.store(at + d, f32x4.sub(a, b));
    }
  }
}
