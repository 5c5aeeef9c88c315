import type { Kernel } from "../kernel.js";
import { lengthOf, row, rowCount, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** Eq. 3. x and start: [batch, positions, hidden], embedding: [γ, hidden] */
export const insertStreams: Kernel<"insertStreams"> = ([x, start, embedding], { keepMain }) => {
  const gamma = lengthOf(embedding, 0);
  const first = keepMain ? 1 : 0;
  const [batch, positions, hidden] = start.shape as [number, number, number];
  const out = zeros([batch, positions * (first + gamma), hidden]);
  for (let position = 0; position < rowCount(start); position++) {
    const group = position * (first + gamma);
    if (keepMain) row(out, group).set(row(x, position));
    for (let stream = 0; stream < gamma; stream++) {
      const to = row(out, group + first + stream);
      to.set(row(start, position));
      addScaled(to, 1, row(embedding, stream));
    }
  }
  return [out];
};
