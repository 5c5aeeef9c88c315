import {
  type Adapter,
  adapterParameterShapes,
  type Float32Tensor,
  LINEAR_MODULES,
  type MarkovSpec,
  type ModelSpec,
  parameterNames,
  seededRandom,
} from "@anabranch/core";

export interface RandomAdapterOptions {
  readonly gamma: number;
  readonly msaLayers: number;
  readonly rank: number;
  readonly seed: number;
  readonly markov?: MarkovSpec;
}

/** Streams in lossless mode with random tensors, large enough that streams which touched the main one would show. */
export function randomAdapter(spec: ModelSpec, options: RandomAdapterOptions): Adapter {
  const { gamma, msaLayers, rank, seed, markov } = options;
  const layers = Array.from({ length: msaLayers }, (_, index) => spec.layers - msaLayers + index);
  const lora = { rank, alpha: 2 * rank, modules: LINEAR_MODULES, layers };
  const streams = { mode: "lossless", gamma, msaLayers, lora, ...(markov && { markov }) } as const;
  const random = seededRandom(seed);
  const tensors = [...adapterParameterShapes(spec, streams)].map(([name, shape]): [string, Float32Tensor] => {
    const [rows, columns] = shape as readonly [number, number];
    const size = name === parameterNames.streamEmbedding ? 1 : 1 / Math.sqrt(columns);
    const data = Float32Array.from({ length: rows * columns }, () => size * (2 * random() - 1));
    return [name, { format: "f32", shape, data }];
  });
  return { streams, tensors: new Map(tensors) };
}
