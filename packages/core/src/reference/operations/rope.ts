import type { Kernel } from "../kernel.js";
import { lengthOf, row, rowCount, zeros } from "../tensor.js";

/** x: [batch, rows, heads * headSize], positions: [batch, rows]; each head's features behind the turned ones are copied. */
export const rope: Kernel<"rope"> = ([x, positions], { headSize, frequencies, inverse, scale = 1 }) => {
  const out = zeros(x.shape);
  const half = frequencies.length;
  for (let r = 0; r < rowCount(x); r++) {
    const [from, to] = [row(x, r), row(out, r)];
    const position = positions.data[r] as number;
    to.set(from);
    for (let head = 0; head < lengthOf(x, -1); head += headSize) {
      for (let i = 0; i < half; i++) {
        const angle = (inverse ? -1 : 1) * position * (frequencies[i] as number);
        const first = from[head + i] as number;
        const second = from[head + i + half] as number;
        to[head + i] = scale * (first * Math.cos(angle) - second * Math.sin(angle));
        to[head + i + half] = scale * (second * Math.cos(angle) + first * Math.sin(angle));
      }
    }
  }
  return [out];
};
