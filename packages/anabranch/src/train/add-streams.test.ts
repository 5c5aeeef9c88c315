import { adapterParameterShapes, parameterNames } from "@anabranch/core";
import { initialAdapter } from "@anabranch/training";
import { expect, it } from "vitest";
import { withStreams } from "./add-streams.js";
import { smallModelSpec, streamSpec } from "./recipe.js";

const spec = smallModelSpec(64, "tiny");
const markov = { kind: "rnn", rank: 4, tokenScale: 1 } as const;
const streams = streamSpec(spec, { mode: "lossless", gamma: 2, msaLayers: 1, rank: 2, markov });
const tensors = initialAdapter(spec, streams, 3);
for (const { data } of tensors.values()) data.set(data.map((_, index) => Math.sin(index)));
const adapter = { streams, tensors };

it("adds streams that begin as the last, and leaves the others as they are", () => {
  const more = withStreams(spec, adapter, 4);
  const shapes = adapterParameterShapes(spec, { ...streams, gamma: 4 });
  expect(more.streams).toEqual({ ...streams, gamma: 4 });
  expect(new Map([...more.tensors].map(([name, { shape }]) => [name, [...shape]]))).toEqual(shapes);

  const embedding = more.tensors.get(parameterNames.streamEmbedding)?.data;
  const before = tensors.get(parameterNames.streamEmbedding)?.data;
  const width = spec.hiddenSize;
  expect(embedding?.subarray(0, 2 * width)).toEqual(before);
  for (const row of [2, 3]) {
    expect(embedding?.subarray(row * width, (row + 1) * width)).toEqual(before?.subarray(width));
  }
  for (const stream of [3, 4]) {
    expect(more.tensors.get(parameterNames.markovUp(stream))).toBe(tensors.get(parameterNames.markovUp(2)));
  }
  for (const [name, tensor] of tensors) {
    if (name !== parameterNames.streamEmbedding) expect(more.tensors.get(name)).toBe(tensor);
  }
});

it("takes none away", () => {
  for (const gamma of [1, 2]) expect(withStreams(spec, adapter, gamma)).toBe(adapter);
});
