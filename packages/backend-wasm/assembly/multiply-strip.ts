import { dot4 } from "./dot";
import { headerBytes, STEP, STEP_BYTES } from "./layout";
import {
  addTile, clearTile, firstFour, packedAt, scaleOf, secondFour, startOf, tileStep, unpackingOf, valuesAt, valuesBehind,
} from "./multiply-block";

/**
 * One row, not `halved`, times 4 full tiles, a to d: a single row waits for memory, which gives four streams at once half as much
 * again as one, since each page that is read has its own prefetching. Sums over blocks stand in the output, as in a panel.
 *
 * @param apart bytes from one tile to the next: far, so that each stream goes on where it was in the next call. Four tiles behind each other
 *   are streams of 5 kB, which prefetching has to find anew each time.
 * @param outApart bytes from the outputs of one tile to those of the next
 */
@inline
export function multiplyStrip(
  format: i32,
  weights: usize,
  apart: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  out: usize,
  outApart: usize,
): void {
  const header = headerBytes(format);
  const step = tileStep(format);
  let wA = weights;
  let wB = wA + apart;
  let wC = wB + apart;
  let wD = wC + apart;
  clearTile(out);
  clearTile(out + outApart);
  clearTile(out + 2 * outApart);
  clearTile(out + 3 * outApart);
  const unpacking = unpackingOf(format, padded);
  for (let block: usize = 0; block < blocks; block++) {
    const hA = wA, hB = wB, hC = wC, hD = wD;
    const start = startOf(format, x);
    let a0 = start, a1 = start, b0 = start, b1 = start, c0 = start, c1 = start, d0 = start, d1 = start;
    (wA += header), (wB += header), (wC += header), (wD += header);
    const end = x + (padded / STEP) * STEP_BYTES;
    do {
      // A tile's weights of all 8 features, one behind the other: more of them at once would leave no registers for sums.
      const x0 = valuesAt(x, false), x1 = valuesBehind(x, false), y0 = valuesAt(x, true), y1 = valuesBehind(x, true);
      const pA0 = packedAt(wA, 0), pA1 = packedAt(wA, 1);
      const uA0 = firstFour(format, pA0, unpacking), uA1 = firstFour(format, pA1, unpacking);
      (a0 = dot4(0, uA0, uA1, x0, x1, a0)), (a1 = dot4(1, uA0, uA1, x0, x1, a1));
      const vA0 = secondFour(format, pA0, unpacking, wA, 0), vA1 = secondFour(format, pA1, unpacking, wA, 1);
      (a0 = dot4(0, vA0, vA1, y0, y1, a0)), (a1 = dot4(1, vA0, vA1, y0, y1, a1));
      const pB0 = packedAt(wB, 0), pB1 = packedAt(wB, 1);
      const uB0 = firstFour(format, pB0, unpacking), uB1 = firstFour(format, pB1, unpacking);
      (b0 = dot4(0, uB0, uB1, x0, x1, b0)), (b1 = dot4(1, uB0, uB1, x0, x1, b1));
      const vB0 = secondFour(format, pB0, unpacking, wB, 0), vB1 = secondFour(format, pB1, unpacking, wB, 1);
      (b0 = dot4(0, vB0, vB1, y0, y1, b0)), (b1 = dot4(1, vB0, vB1, y0, y1, b1));
      const pC0 = packedAt(wC, 0), pC1 = packedAt(wC, 1);
      const uC0 = firstFour(format, pC0, unpacking), uC1 = firstFour(format, pC1, unpacking);
      (c0 = dot4(0, uC0, uC1, x0, x1, c0)), (c1 = dot4(1, uC0, uC1, x0, x1, c1));
      const vC0 = secondFour(format, pC0, unpacking, wC, 0), vC1 = secondFour(format, pC1, unpacking, wC, 1);
      (c0 = dot4(0, vC0, vC1, y0, y1, c0)), (c1 = dot4(1, vC0, vC1, y0, y1, c1));
      const pD0 = packedAt(wD, 0), pD1 = packedAt(wD, 1);
      const uD0 = firstFour(format, pD0, unpacking), uD1 = firstFour(format, pD1, unpacking);
      (d0 = dot4(0, uD0, uD1, x0, x1, d0)), (d1 = dot4(1, uD0, uD1, x0, x1, d1));
      const vD0 = secondFour(format, pD0, unpacking, wD, 0), vD1 = secondFour(format, pD1, unpacking, wD, 1);
      (d0 = dot4(0, vD0, vD1, y0, y1, d0)), (d1 = dot4(1, vD0, vD1, y0, y1, d1));
      (wA += step), (wB += step), (wC += step), (wD += step);
      x += STEP_BYTES;
    } while (x < end);
    addTile(format, a0, a1, scaleOf(format, hA, 0, unpacking), scaleOf(format, hA, 1, unpacking), hA, x, out);
    addTile(format, b0, b1, scaleOf(format, hB, 0, unpacking), scaleOf(format, hB, 1, unpacking), hB, x, out + outApart);
    addTile(format, c0, c1, scaleOf(format, hC, 0, unpacking), scaleOf(format, hC, 1, unpacking), hC, x, out + 2 * outApart);
    x = addTile(format, d0, d1, scaleOf(format, hD, 0, unpacking), scaleOf(format, hD, 1, unpacking), hD, x, out + 3 * outApart);
  }
}
