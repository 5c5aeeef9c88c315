import {
  adapterParameterShapes,
  baseParameterShapes,
  type Float32Tensor,
  InvalidArgumentError,
  type ModelSpec,
  parameterNames,
  type StreamSpec,
} from "@anabranch/core";
import { Random } from "../random/random.js";

export type Float32Tensors = Map<string, Float32Tensor>;

const BASE_DEVIATION = 0.02;

/**
 * A model that knows nothing: normal weights of deviation 0.02, those that write into the residual stream scaled by
 * 1 / sqrt(2 layers), so that its variance does not grow with depth (GPT-2's way); norms are 1, biases 0.
 */
export function initialWeights(spec: ModelSpec, seed: number): Float32Tensors {
  const residual = BASE_DEVIATION / Math.sqrt(2 * spec.layers);
  return tensors(baseParameterShapes(spec), (name, shape) => {
    if (name.endsWith(".bias")) return constant(0);
    if (shape.length === 1) return constant(1);
    const deviation = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight") ? residual : BASE_DEVIATION;
    return normal(seed, name, deviation);
  });
}

/**
 * An adapter that changes nothing yet: LoRA's B (D of f_η and of o_θ, the Markov head's B_j) are zero, its A (C; A and R) is normal with
 * deviation 1 / sqrt(in).
 * @param embeddingDeviation of the stream embeddings. Streams that start alike learn slowly: a trial's 0.02 at a
 * learning rate of 5e-4 learned nothing in 1,000 sequences.
 */
export function initialAdapter(
  spec: ModelSpec,
  streams: StreamSpec,
  seed: number,
  embeddingDeviation = 0.1,
): Float32Tensors {
  const downs = new Set<string>([
    parameterNames.streamMapDown,
    parameterNames.pruneDown,
    parameterNames.markovDown,
    parameterNames.markovRecurrent,
  ]);
  const markovUps = Array.from({ length: streams.gamma }, (_, index) => parameterNames.markovUp(index + 1));
  const ups = new Set<string>([parameterNames.streamMapUp, parameterNames.pruneUp, ...markovUps]);
  return tensors(adapterParameterShapes(spec, streams), (name, shape) => {
    if (name === parameterNames.streamEmbedding) return normal(seed, name, embeddingDeviation);
    if (name.endsWith(".lora_B") || ups.has(name)) return constant(0);
    if (downs.has(name) || name.endsWith(".lora_A")) {
      return normal(seed, name, 1 / Math.sqrt(shape[1] as number));
    }
    throw new InvalidArgumentError(`Training does not know how ${name} starts.`, { subject: name });
  });
}

function constant(value: number): () => number {
  return () => value;
}

/** Each tensor draws from a generator of its own, so that adding one leaves the others as they were. */
function normal(seed: number, name: string, deviation: number): () => number {
  const random = new Random(seed, "weights", name);
  return () => random.normal() * deviation;
}

function tensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  values: (name: string, shape: readonly number[]) => () => number,
): Float32Tensors {
  const made: Float32Tensors = new Map();
  for (const [name, shape] of shapes) {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const next = values(name, shape);
    for (let i = 0; i < data.length; i++) data[i] = next();
    made.set(name, { format: "f32", shape, data });
  }
  return made;
}
