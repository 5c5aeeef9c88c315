import type { Kernel } from "../kernel.js";
import { lengthOf, row, rowCount, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** x and start: [batch, positions, hidden], embedding: [γ, hidden], dy: [batch, positions * (γ or 1 + γ), hidden] */
export const insertStreamsGrad: Kernel<"insertStreamsGrad"> = ([x, start, embedding, dy], { keepMain }) => {
  const gamma = lengthOf(embedding, 0);
  const first = keepMain ? 1 : 0;
  const [dx, dStart, dEmbedding] = [zeros(x.shape), zeros(start.shape), zeros(embedding.shape)];
  for (let position = 0; position < rowCount(start); position++) {
    const group = position * (first + gamma);
    if (keepMain) row(dx, position).set(row(dy, group));
    for (let stream = 0; stream < gamma; stream++) {
      addScaled(row(dStart, position), 1, row(dy, group + first + stream));
      addScaled(row(dEmbedding, stream), 1, row(dy, group + first + stream));
    }
  }
  return [dx, dStart, dEmbedding];
};
