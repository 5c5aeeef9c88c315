import { dotBytes } from "./dot";
import { headerBytes, STEP, STEP_BYTES } from "./layout";
import {
  addTile, clearTile, firstFour, packedAt, scaleOf, secondFour, startOf, tileStep, unpackingOf, valuesAt,
} from "./multiply-block";
import { readAhead } from "./read-ahead";

/** Rows of a panel, as types: of copies that differ in a number Binaryen makes one again, which asks in the inner loop. */
export type Two = u16;
export type Three = u32;

/**
 * Two full tiles times 2 or 3 rows, in the relaxed build (of the plain one: multiply-single.ts). Sums over blocks stand in the output: in registers they would drive integer sums out of them in
 * the inner loop.
 *
 * Meanwhile it loads from four stretches of memory that are multiplied next, a part of a block from each: so they come into the
 * first cache while there is work to do, which WebAssembly has no other way to ask for. Four, since each page that is read
 * has its own prefetching: the processor brings several streams sooner than one of the same length.
 *
 * @typeParam Rows Two or Three
 * @param apart bytes from one tile to the other; `outApart`: of their outputs
 * @param touch where the first stretch begins; `touchApart` and `touchStep`: see `readAhead`
 */
@inline
export function multiplyPanel<Rows>(
  format: i32,
  weights: usize,
  apart: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  outApart: usize,
  touch: usize,
  touchApart: usize,
  touchStep: usize,
): void {
  let beside = weights + apart;
  let xA = x;
  let xB = xA + xStride;
  let xC = xB + xStride;
  const outB = out + outStride;
  const outC = outB + outStride;
  clearTile(out), clearTile(out + outApart);
  clearTile(outB), clearTile(outB + outApart);
  if (sizeof<Rows>() >= sizeof<Three>()) clearTile(outC), clearTile(outC + outApart);

  const unpacking = unpackingOf(format, padded);
  for (let block: usize = 0; block < blocks; block++) {
    touch = readAhead(touch, touchApart, touchStep, padded);
    const header = weights, headerBeside = beside;
    (weights += headerBytes(format)), (beside += headerBytes(format));
    let a0 = startOf(format, xA), a1 = a0, a2 = a0, a3 = a0;
    let b0 = startOf(format, xB), b1 = b0, b2 = b0, b3 = b0;
    let c0 = a0;
    if (sizeof<Rows>() >= sizeof<Three>()) c0 = startOf(format, xC);
    let c1 = c0, c2 = c0, c3 = c0;

    const end = xA + (padded / STEP) * STEP_BYTES;
    do {
      const p0 = packedAt(weights, 0), p1 = packedAt(weights, 1), q0 = packedAt(beside, 0), q1 = packedAt(beside, 1);
      const v0 = firstFour(format, p0, unpacking), v1 = firstFour(format, p1, unpacking);
      const w0 = firstFour(format, q0, unpacking), w1 = firstFour(format, q1, unpacking);
      {
        const x = valuesAt(xA, false);
        (a0 = dotBytes(v0, x, a0)), (a1 = dotBytes(v1, x, a1));
        (a2 = dotBytes(w0, x, a2)), (a3 = dotBytes(w1, x, a3));
      }
      {
        const x = valuesAt(xB, false);
        (b0 = dotBytes(v0, x, b0)), (b1 = dotBytes(v1, x, b1));
        (b2 = dotBytes(w0, x, b2)), (b3 = dotBytes(w1, x, b3));
      }
      if (sizeof<Rows>() >= sizeof<Three>()) {
        const x = valuesAt(xC, false);
        (c0 = dotBytes(v0, x, c0)), (c1 = dotBytes(v1, x, c1));
        (c2 = dotBytes(w0, x, c2)), (c3 = dotBytes(w1, x, c3));
      }
      const r0 = secondFour(format, p0, unpacking, weights, 0), r1 = secondFour(format, p1, unpacking, weights, 1);
      const s0 = secondFour(format, q0, unpacking, beside, 0), s1 = secondFour(format, q1, unpacking, beside, 1);
      {
        const x = valuesAt(xA, true);
        (a0 = dotBytes(r0, x, a0)), (a1 = dotBytes(r1, x, a1));
        (a2 = dotBytes(s0, x, a2)), (a3 = dotBytes(s1, x, a3));
      }
      {
        const x = valuesAt(xB, true);
        (b0 = dotBytes(r0, x, b0)), (b1 = dotBytes(r1, x, b1));
        (b2 = dotBytes(s0, x, b2)), (b3 = dotBytes(s1, x, b3));
      }
      if (sizeof<Rows>() >= sizeof<Three>()) {
        const x = valuesAt(xC, true);
        (c0 = dotBytes(r0, x, c0)), (c1 = dotBytes(r1, x, c1));
        (c2 = dotBytes(s0, x, c2)), (c3 = dotBytes(s1, x, c3));
      }
      (weights += tileStep(format)), (beside += tileStep(format));
      (xA += STEP_BYTES), (xB += STEP_BYTES);
      if (sizeof<Rows>() >= sizeof<Three>()) xC += STEP_BYTES;
    } while (xA < end);

    const scale0 = scaleOf(format, header, 0, unpacking), scale1 = scaleOf(format, header, 1, unpacking);
    addTile(format, a0, a1, scale0, scale1, header, xA, out);
    addTile(format, b0, b1, scale0, scale1, header, xB, outB);
    if (sizeof<Rows>() >= sizeof<Three>()) addTile(format, c0, c1, scale0, scale1, header, xC, outC);
    const scale2 = scaleOf(format, headerBeside, 0, unpacking), scale3 = scaleOf(format, headerBeside, 1, unpacking);
    xA = addTile(format, a2, a3, scale2, scale3, headerBeside, xA, out + outApart);
    xB = addTile(format, b2, b3, scale2, scale3, headerBeside, xB, outB + outApart);
    if (sizeof<Rows>() >= sizeof<Three>()) xC = addTile(format, c2, c3, scale2, scale3, headerBeside, xC, outC + outApart);
  }
}
