import { dot4, halved } from "./dot";
import { groupBytes, headerBytes, INT4, valueBytes } from "./layout";
import { addTile, highNibbles, joined, lowNibbles, scaleOf, startOf } from "./multiply-block";

/**
 * One full tile times 2 to 5 rows, or 1 or 2 `halved` ones (a and c are then first halves, b and d second ones). Sums over
 * blocks stand in the output: in registers they would drive integer sums out of them in the inner loop.
 *
 * Meanwhile it loads from four stretches of memory that are multiplied next, once a block from each: so they come into the
 * first cache while there is work to do, which WebAssembly has no other way to ask for. Four, since each page that is read
 * has its own prefetching: the processor brings several streams sooner than one of the same length.
 *
 * @typeParam Rows u8, u16, u32 or u64 for 2, 3, 4 or 5 rows, halves counted. A type, since of numbers the optimiser folds the four copies
 *   into one again, which asks in the inner loop.
 * @param touch where the first stretch begins, the others `touchBeside` behind each other; `touchStep`: bytes of each a block
 */
@inline
export function multiplyPanel<Rows>(
  format: i32,
  wide: bool,
  weights: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  touch: usize,
  touchBeside: usize,
  touchStep: usize,
): void {
  const halves: i32 = halved(wide) ? 2 : 1;
  const group = groupBytes();
  const halfBytes = valueBytes(blocks, padded);
  const sumsAt = blocks * 4;
  let xA = x;
  let xB = x + (halves > 1 ? halfBytes : xStride);
  let xC = x + (halves > 1 ? xStride : 2 * xStride);
  let xD = xC + (halves > 1 ? halfBytes : xStride);
  let xE = xD + xStride;
  let scale = x + halves * halfBytes;

  for (let block: usize = 0; block < blocks; block++, scale += 4, touch += touchStep) {
    load<i32>(touch);
    load<i32>(touch + touchBeside);
    const header = weights;
    weights += headerBytes(format);
    const starts = scale + 2 * sumsAt;
    // Of halves the second starts with it, which has the weight 1.
    let b0 = startOf(format, halves > 1 ? starts : starts + xStride), b1 = b0;
    let a0 = halves > 1 ? i32x4.splat(0) : startOf(format, starts), a1 = a0;
    let c0 = a0, d0 = a0;
    if (sizeof<Rows>() > sizeof<u8>() && halves == 1) c0 = startOf(format, starts + 2 * xStride);
    if (sizeof<Rows>() > sizeof<u16>()) d0 = startOf(format, halves > 1 ? starts + xStride : starts + 3 * xStride);
    let e0 = a0;
    if (sizeof<Rows>() > sizeof<u32>()) e0 = startOf(format, starts + 4 * xStride);
    let c1 = c0, d1 = d0, e1 = e0;

    const end = xA + (padded >> 2) * group;
    while (xA < end) {
      let w0 = v128.load(weights), w1 = v128.load(weights, 16);
      const packed0 = w0, packed1 = w1;
      if (format == INT4) (w0 = lowNibbles(packed0)), (w1 = lowNibbles(packed1));
      (a0 = dot4(w0, xA, a0)), (a1 = dot4(w1, xA, a1));
      (b0 = dot4(w0, xB, b0)), (b1 = dot4(w1, xB, b1));
      if (sizeof<Rows>() > sizeof<u8>()) (c0 = dot4(w0, xC, c0)), (c1 = dot4(w1, xC, c1));
      if (sizeof<Rows>() > sizeof<u16>()) (d0 = dot4(w0, xD, d0)), (d1 = dot4(w1, xD, d1));
      if (sizeof<Rows>() > sizeof<u32>()) (e0 = dot4(w0, xE, e0)), (e1 = dot4(w1, xE, e1));
      if (format == INT4) (w0 = highNibbles(packed0)), (w1 = highNibbles(packed1));
      else (w0 = v128.load(weights, 32)), (w1 = v128.load(weights, 48));
      (a0 = dot4(w0, xA + group, a0)), (a1 = dot4(w1, xA + group, a1));
      (b0 = dot4(w0, xB + group, b0)), (b1 = dot4(w1, xB + group, b1));
      if (sizeof<Rows>() > sizeof<u8>()) (c0 = dot4(w0, xC + group, c0)), (c1 = dot4(w1, xC + group, c1));
      if (sizeof<Rows>() > sizeof<u16>()) (d0 = dot4(w0, xD + group, d0)), (d1 = dot4(w1, xD + group, d1));
      if (sizeof<Rows>() > sizeof<u32>()) (e0 = dot4(w0, xE + group, e0)), (e1 = dot4(w1, xE + group, e1));
      weights += format == INT4 ? 32 : 64;
      (xA += 2 * group), (xB += 2 * group);
      if (sizeof<Rows>() > sizeof<u8>()) xC += 2 * group;
      if (sizeof<Rows>() > sizeof<u16>()) xD += 2 * group;
      if (sizeof<Rows>() > sizeof<u32>()) xE += 2 * group;
    }

    load<i32>(touch + 2 * touchBeside);
    load<i32>(touch + 3 * touchBeside);
    const isFirst = block == 0;
    const scale0 = scaleOf(format, header, 0), scale1 = scaleOf(format, header, 1);
    if (halves > 1) {
      addTile(format, isFirst, joined(a0, b0), joined(a1, b1), scale0, scale1, header, scale, sumsAt, out);
      if (sizeof<Rows>() > sizeof<u8>()) addTile(format, isFirst, joined(c0, d0), joined(c1, d1), scale0, scale1, header, scale + xStride, sumsAt, out + outStride);
    } else {
      addTile(format, isFirst, a0, a1, scale0, scale1, header, scale, sumsAt, out);
      addTile(format, isFirst, b0, b1, scale0, scale1, header, scale + xStride, sumsAt, out + outStride);
      if (sizeof<Rows>() > sizeof<u8>()) addTile(format, isFirst, c0, c1, scale0, scale1, header, scale + 2 * xStride, sumsAt, out + 2 * outStride);
      if (sizeof<Rows>() > sizeof<u16>()) addTile(format, isFirst, d0, d1, scale0, scale1, header, scale + 3 * xStride, sumsAt, out + 3 * outStride);
      if (sizeof<Rows>() > sizeof<u32>()) addTile(format, isFirst, e0, e1, scale0, scale1, header, scale + 4 * xStride, sumsAt, out + 4 * outStride);
    }
  }
}
