import { headerBytes, STEP, STEP_BYTES } from "./layout";
import { addTile, clearTile, dotStep, firstFour, packedAt, scaleOf, secondFour, startOf, tileStep, unpackingOf } from "./multiply-block";
import { Three } from "./multiply-panel";
import { readAhead } from "./read-ahead";

/** Rows, as a type: see multiply-panel.ts. */
export type Four = u64;

/**
 * `multiplyPanel` of the plain build, one full tile times 2 to 4 rows: its weights are widened to 16 bits, which is done once for
 * all rows, and those of two tiles leave no registers for sums.
 */
@inline
export function multiplySingle<Rows>(
  format: i32,
  weights: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  touch: usize,
  touchApart: usize,
  touchStep: usize,
): void {
  let xA = x;
  let xB = xA + xStride;
  let xC = xB + xStride;
  let xD = xC + xStride;
  clearTile(out);
  clearTile(out + outStride);
  if (sizeof<Rows>() >= sizeof<Three>()) clearTile(out + 2 * outStride);
  if (sizeof<Rows>() >= sizeof<Four>()) clearTile(out + 3 * outStride);

  const unpacking = unpackingOf(format, padded);
  for (let block: usize = 0; block < blocks; block++) {
    touch = readAhead(touch, touchApart, touchStep, padded);
    const header = weights;
    weights += headerBytes(format);
    let a0 = startOf(format, xA), a1 = a0;
    let b0 = startOf(format, xB), b1 = b0;
    let c0 = a0, d0 = a0;
    if (sizeof<Rows>() >= sizeof<Three>()) c0 = startOf(format, xC);
    if (sizeof<Rows>() >= sizeof<Four>()) d0 = startOf(format, xD);
    let c1 = c0, d1 = d0;

    const end = xA + (padded / STEP) * STEP_BYTES;
    do {
      const p0 = packedAt(weights, 0), p1 = packedAt(weights, 1);
      const w0 = firstFour(format, p0, unpacking), w1 = firstFour(format, p1, unpacking);
      const v0 = secondFour(format, p0, unpacking, weights, 0), v1 = secondFour(format, p1, unpacking, weights, 1);
      (a0 = dotStep(0, w0, w1, v0, v1, xA, a0)), (a1 = dotStep(1, w0, w1, v0, v1, xA, a1));
      (b0 = dotStep(0, w0, w1, v0, v1, xB, b0)), (b1 = dotStep(1, w0, w1, v0, v1, xB, b1));
      if (sizeof<Rows>() >= sizeof<Three>()) (c0 = dotStep(0, w0, w1, v0, v1, xC, c0)), (c1 = dotStep(1, w0, w1, v0, v1, xC, c1));
      if (sizeof<Rows>() >= sizeof<Four>()) (d0 = dotStep(0, w0, w1, v0, v1, xD, d0)), (d1 = dotStep(1, w0, w1, v0, v1, xD, d1));
      weights += tileStep(format);
      (xA += STEP_BYTES), (xB += STEP_BYTES);
      if (sizeof<Rows>() >= sizeof<Three>()) xC += STEP_BYTES;
      if (sizeof<Rows>() >= sizeof<Four>()) xD += STEP_BYTES;
    } while (xA < end);

    const scale0 = scaleOf(format, header, 0, unpacking), scale1 = scaleOf(format, header, 1, unpacking);
    xA = addTile(format, a0, a1, scale0, scale1, header, xA, out);
    xB = addTile(format, b0, b1, scale0, scale1, header, xB, out + outStride);
    if (sizeof<Rows>() >= sizeof<Three>()) xC = addTile(format, c0, c1, scale0, scale1, header, xC, out + 2 * outStride);
    if (sizeof<Rows>() >= sizeof<Four>()) xD = addTile(format, d0, d1, scale0, scale1, header, xD, out + 3 * outStride);
  }
}
