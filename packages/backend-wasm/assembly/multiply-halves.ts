import { headerBytes, STEP, STEP_BYTES } from "./layout";
import {
  addTile, clearTile, dotSecondHalves, dotStep, firstFour, joined, packedAt, scaleOf, secondFour, startOf, tileStep, unpackingOf,
} from "./multiply-block";
import { Two } from "./multiply-panel";
import { readAhead } from "./read-ahead";

/** Rows, as types. */
export type One = u8;

/**
 * One full tile times 1 or 2 rows that are `halved`, as `multiplyPanel`: a and b are the sums of the first and second halves of one,
 * c and d of another.
 */
@inline
export function multiplyHalves<Rows>(
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
  let xC = xA + xStride;
  clearTile(out);
  if (sizeof<Rows>() >= sizeof<Two>()) clearTile(out + outStride);

  const unpacking = unpackingOf(format, padded);
  for (let block: usize = 0; block < blocks; block++) {
    touch = readAhead(touch, touchApart, touchStep, padded);
    const header = weights;
    weights += headerBytes(format);
    let a0 = i32x4.splat(0), a1 = a0, c0 = a0, c1 = a0;
    // The second halves begin with it, since they have the weight 1.
    let b0 = startOf(format, xA), b1 = b0, d0 = b0;
    if (sizeof<Rows>() >= sizeof<Two>()) d0 = startOf(format, xC);
    let d1 = d0;

    const end = xA + (padded / STEP) * 2 * STEP_BYTES;
    do {
      const p0 = packedAt(weights, 0), p1 = packedAt(weights, 1);
      const w0 = firstFour(format, p0, unpacking), w1 = firstFour(format, p1, unpacking);
      const v0 = secondFour(format, p0, unpacking, weights, 0), v1 = secondFour(format, p1, unpacking, weights, 1);
      (a0 = dotStep(0, w0, w1, v0, v1, xA, a0)), (a1 = dotStep(1, w0, w1, v0, v1, xA, a1));
      (b0 = dotSecondHalves(w0, v0, xA, b0)), (b1 = dotSecondHalves(w1, v1, xA, b1));
      if (sizeof<Rows>() >= sizeof<Two>()) {
        (c0 = dotStep(0, w0, w1, v0, v1, xC, c0)), (c1 = dotStep(1, w0, w1, v0, v1, xC, c1));
        (d0 = dotSecondHalves(w0, v0, xC, d0)), (d1 = dotSecondHalves(w1, v1, xC, d1));
      }
      weights += tileStep(format);
      xA += 2 * STEP_BYTES;
      if (sizeof<Rows>() >= sizeof<Two>()) xC += 2 * STEP_BYTES;
    } while (xA < end);

    const scale0 = scaleOf(format, header, 0, unpacking), scale1 = scaleOf(format, header, 1, unpacking);
    xA = addTile(format, joined(a0, b0), joined(a1, b1), scale0, scale1, header, xA, out);
    if (sizeof<Rows>() >= sizeof<Two>()) xC = addTile(format, joined(c0, d0), joined(c1, d1), scale0, scale1, header, xC, out + outStride);
  }
}
