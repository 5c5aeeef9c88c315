import { dot4, halved } from "./dot";
import { headerBytes, ROW_HEADER, STEP, stepBytes } from "./layout";
import {
  addBlock, dotSecondHalves, dotStep, firstFour, joined, packedAt, scaleOf, secondFour, startOf, tileStep, unpackingOf, valuesAt, valuesBehind,
} from "./multiply-block";
import { storeTile } from "./store-tile";

/**
 * One tile, full or not, times one row. a and b are the integer sums of every second group of features, since one chain of
 * additions would wait for itself; of a `halved` row they are those of its first and second halves.
 *
 * @param left outputs that are left of the row, from 1 on
 */
@inline
export function multiplyTile(
  format: i32,
  wide: bool,
  weights: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  out: usize,
  left: usize,
): void {
  const step = stepBytes(wide);
  let sum0 = f32x4.splat(0), sum1 = sum0;
  const unpacking = unpackingOf(format, padded);
  for (let block: usize = 0; block < blocks; block++) {
    const header = weights;
    weights += headerBytes(format);
    // Of halves the second starts with it, which has the weight 1.
    let b0 = startOf(format, x), b1 = b0;
    let a0 = i32x4.splat(0), a1 = a0;
    const end = x + (padded / STEP) * step;
    for (; x < end; x += step) {
      const p0 = packedAt(weights, 0), p1 = packedAt(weights, 1);
      const w0 = firstFour(format, p0, unpacking), w1 = firstFour(format, p1, unpacking);
      const v0 = secondFour(format, p0, unpacking, weights, 0), v1 = secondFour(format, p1, unpacking, weights, 1);
      if (halved(wide)) {
        (a0 = dotStep(0, w0, w1, v0, v1, x, a0)), (a1 = dotStep(1, w0, w1, v0, v1, x, a1));
        (b0 = dotSecondHalves(w0, v0, x, b0)), (b1 = dotSecondHalves(w1, v1, x, b1));
      } else {
        const first = valuesAt(x, false), firstBehind = valuesBehind(x, false);
        const second = valuesAt(x, true), secondBehind = valuesBehind(x, true);
        (a0 = dot4(0, w0, w1, first, firstBehind, a0)), (a1 = dot4(1, w0, w1, first, firstBehind, a1));
        (b0 = dot4(0, v0, v1, second, secondBehind, b0)), (b1 = dot4(1, v0, v1, second, secondBehind, b1));
      }
      weights += tileStep(format);
    }
    const dot0 = halved(wide) ? joined(a0, b0) : i32x4.add(a0, b0);
    const dot1 = halved(wide) ? joined(a1, b1) : i32x4.add(a1, b1);
    sum0 = addBlock(format, sum0, dot0, scaleOf(format, header, 0, unpacking), x, header);
    sum1 = addBlock(format, sum1, dot1, scaleOf(format, header, 1, unpacking), x, header + 16);
    x += ROW_HEADER;
  }
  storeTile(out, sum0, sum1, left);
}
