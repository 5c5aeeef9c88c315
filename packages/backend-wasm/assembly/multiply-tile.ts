import { dot4, halved } from "./dot";
import { groupBytes, headerBytes, INT4, valueBytes } from "./layout";
import { addBlock, highNibbles, joined, lowNibbles, scaleOf, startOf } from "./multiply-block";
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
  const halves: i32 = halved(wide) ? 2 : 1;
  const group = groupBytes();
  const halfBytes = valueBytes(blocks, padded);
  let scale = x + halves * halfBytes;
  const sumsAt = blocks * 4;
  let sum0 = f32x4.splat(0), sum1 = sum0;
  for (let block: usize = 0; block < blocks; block++, scale += 4) {
    const header = weights;
    weights += headerBytes(format);
    // Of halves the second starts with it, which has the weight 1.
    let b0 = startOf(format, scale + 2 * sumsAt), b1 = b0;
    let a0 = i32x4.splat(0), a1 = a0;
    const end = x + (padded >> 2) * group;
    for (; x < end; x += 2 * group) {
      const packed0 = v128.load(weights), packed1 = v128.load(weights, 16);
      const w0 = format == INT4 ? lowNibbles(packed0) : packed0, w1 = format == INT4 ? lowNibbles(packed1) : packed1;
      const v0 = format == INT4 ? highNibbles(packed0) : v128.load(weights, 32);
      const v1 = format == INT4 ? highNibbles(packed1) : v128.load(weights, 48);
      (a0 = dot4(w0, x, a0)), (a1 = dot4(w1, x, a1));
      if (halves > 1) {
        (b0 = dot4(w0, x + halfBytes, b0)), (b1 = dot4(w1, x + halfBytes, b1));
        (a0 = dot4(v0, x + group, a0)), (a1 = dot4(v1, x + group, a1));
        (b0 = dot4(v0, x + halfBytes + group, b0)), (b1 = dot4(v1, x + halfBytes + group, b1));
      } else {
        (b0 = dot4(v0, x + group, b0)), (b1 = dot4(v1, x + group, b1));
      }
      weights += format == INT4 ? 32 : 64;
    }
    const dot0 = halves > 1 ? joined(a0, b0) : i32x4.add(a0, b0);
    const dot1 = halves > 1 ? joined(a1, b1) : i32x4.add(a1, b1);
    sum0 = addBlock(format, sum0, dot0, scaleOf(format, header, 0), scale, header, scale + sumsAt);
    sum1 = addBlock(format, sum1, dot1, scaleOf(format, header, 1), scale, header + 16, scale + sumsAt);
  }
  storeTile(out, sum0, sum1, left);
}
