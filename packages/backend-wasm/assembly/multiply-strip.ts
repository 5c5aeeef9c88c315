import { dotFour, fourAt, fourBehind } from "./dot";
import { groupBytes, headerBytes, INT4, TILE, valueBytes } from "./layout";
import { addTile, highNibbles, lowNibbles, scaleOf, startOf } from "./multiply-block";

/**
 * One row, not `halved`, times 4 full tiles, a to d: a single row waits for memory, which gives four streams at once half as much
 * again as one, since each page that is read has its own prefetching. Sums over blocks stand in the output, as in a panel.
 */
@inline
export function multiplyStrip(
  format: i32,
  weights: usize,
  tileBytes: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  out: usize,
): void {
  const group = groupBytes();
  const header = headerBytes(format);
  const sumsAt = blocks * 4;
  const step: usize = format == INT4 ? 32 : 64;
  let scale = x + valueBytes(blocks, padded);
  let wA = weights;
  let wB = wA + tileBytes;
  let wC = wB + tileBytes;
  let wD = wC + tileBytes;
  for (let block: usize = 0; block < blocks; block++, scale += 4) {
    const hA = wA, hB = wB, hC = wC, hD = wD;
    const start = startOf(format, scale + 2 * sumsAt);
    let a0 = start, a1 = start, b0 = start, b1 = start, c0 = start, c1 = start, d0 = start, d1 = start;
    (wA += header), (wB += header), (wC += header), (wD += header);
    const end = x + (padded >> 2) * group;
    for (; x < end; x += 2 * group) {
      const x0 = fourAt(x), x1 = fourBehind(x);
      const packedA0 = v128.load(wA), packedA1 = v128.load(wA, 16);
      (a0 = dotFour(first(format, packedA0), x0, x1, a0)), (a1 = dotFour(first(format, packedA1), x0, x1, a1));
      const packedB0 = v128.load(wB), packedB1 = v128.load(wB, 16);
      (b0 = dotFour(first(format, packedB0), x0, x1, b0)), (b1 = dotFour(first(format, packedB1), x0, x1, b1));
      const packedC0 = v128.load(wC), packedC1 = v128.load(wC, 16);
      (c0 = dotFour(first(format, packedC0), x0, x1, c0)), (c1 = dotFour(first(format, packedC1), x0, x1, c1));
      const packedD0 = v128.load(wD), packedD1 = v128.load(wD, 16);
      (d0 = dotFour(first(format, packedD0), x0, x1, d0)), (d1 = dotFour(first(format, packedD1), x0, x1, d1));

      const y0 = fourAt(x + group), y1 = fourBehind(x + group);
      (a0 = dotFour(second(format, packedA0, wA, 0), y0, y1, a0)), (a1 = dotFour(second(format, packedA1, wA, 1), y0, y1, a1));
      (b0 = dotFour(second(format, packedB0, wB, 0), y0, y1, b0)), (b1 = dotFour(second(format, packedB1, wB, 1), y0, y1, b1));
      (c0 = dotFour(second(format, packedC0, wC, 0), y0, y1, c0)), (c1 = dotFour(second(format, packedC1, wC, 1), y0, y1, c1));
      (d0 = dotFour(second(format, packedD0, wD, 0), y0, y1, d0)), (d1 = dotFour(second(format, packedD1, wD, 1), y0, y1, d1));
      (wA += step), (wB += step), (wC += step), (wD += step);
    }
    const isFirst = block == 0;
    addTile(format, isFirst, a0, a1, scaleOf(format, hA, 0), scaleOf(format, hA, 1), hA, scale, sumsAt, out);
    addTile(format, isFirst, b0, b1, scaleOf(format, hB, 0), scaleOf(format, hB, 1), hB, scale, sumsAt, out + 4 * TILE);
    addTile(format, isFirst, c0, c1, scaleOf(format, hC, 0), scaleOf(format, hC, 1), hC, scale, sumsAt, out + 8 * TILE);
    addTile(format, isFirst, d0, d1, scaleOf(format, hD, 0), scaleOf(format, hD, 1), hD, scale, sumsAt, out + 12 * TILE);
  }
}

/** Weights of the first 4 features of a step. */
@inline
function first(format: i32, packed: v128): v128 {
  return format == INT4 ? lowNibbles(packed) : packed;
}

/** Weights of the second 4 features of a step, for outputs 0-3 or 4-7. */
@inline
function second(format: i32, packed: v128, weights: usize, half: usize): v128 {
  return format == INT4 ? highNibbles(packed) : v128.load(weights + 16 * half, 32);
}
