import {
  adapterParameterShapes,
  baseParameterShapes,
  type ModelSpec,
  type StreamSpec,
  type WeightTensor,
} from "@anabranch/core";

/** The size of the model that ships: 5.6 million parameters. */
export const spec: ModelSpec = {
  family: "llama",
  vocabularySize: 2048,
  hiddenSize: 256,
  layers: 6,
  heads: 4,
  kvHeads: 4,
  headSize: 64,
  mlpSize: 768,
  normEpsilon: 1e-5,
  rope: { theta: 10000 },
  maxPositions: 512,
  tiedHead: true,
};

export const shared: StreamSpec = { mode: "shared", gamma: 3, msaLayers: 3 };
export const lossless: StreamSpec = { mode: "lossless", gamma: 3, msaLayers: 2 };

export function randomTensor(
  shape: readonly number[],
  scale: number,
): { shape: readonly number[]; data: Float32Array } {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => (Math.random() * 2 - 1) * scale) };
}

export function randomWeights(streams?: StreamSpec): Map<string, WeightTensor> {
  const shapes = new Map(baseParameterShapes(spec));
  if (streams !== undefined) for (const [name, shape] of adapterParameterShapes(spec, streams)) shapes.set(name, shape);
  return new Map(
    [...shapes].map(([name, shape]) => [name, { format: "f32" as const, ...randomTensor(shape, 0.05) }] as const),
  );
}
