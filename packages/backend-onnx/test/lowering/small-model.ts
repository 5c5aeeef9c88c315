import {
  adapterParameterShapes,
  baseParameterShapes,
  type Float32Tensor,
  type ModelSpec,
  type StreamSpec,
  type WeightTensor,
} from "@anabranch/core";
import { random, randomFloats } from "./random.js";

export const smallSpec: ModelSpec = {
  family: "llama",
  vocabularySize: 29,
  hiddenSize: 24,
  layers: 3,
  heads: 4,
  kvHeads: 2,
  headSize: 6,
  mlpSize: 40,
  normEpsilon: 1e-5,
  rope: { theta: 10000 },
  maxPositions: 64,
  tiedHead: true,
};

export const smallStreams: StreamSpec = {
  mode: "shared",
  gamma: 3,
  msaLayers: 2,
  lora: { rank: 2, alpha: 4, modules: ["q_proj", "v_proj", "down_proj"], layers: [1, 2] },
  initialisationRank: 5,
};

/** Random weights, of a size that keeps states near 1. */
export function randomWeights(
  spec: ModelSpec,
  streams: StreamSpec | undefined,
  seed: number,
): Map<string, WeightTensor> {
  const next = random(seed);
  const shapes = new Map(baseParameterShapes(spec));
  if (streams !== undefined) for (const [name, shape] of adapterParameterShapes(spec, streams)) shapes.set(name, shape);
  const tensors = new Map<string, WeightTensor>();
  for (const [name, shape] of shapes) {
    const { data } = randomFloats(next, shape, shape.length === 1 ? 1.5 : 2 / Math.sqrt(shape.at(-1) as number));
    tensors.set(name, { format: "f32", shape, data } satisfies Float32Tensor);
  }
  return tensors;
}
