import {
  type Adapter,
  linearModules,
  type MarkovSpec,
  type ModelSpec,
  type ModelWeights,
  type StreamMode,
} from "@anabranch/core";
import type { TrainingExample } from "../src/index.js";
import { initialAdapter, initialWeights } from "../src/index.js";
import { Random } from "../src/random/random.js";

export const tinySpec: ModelSpec = {
  family: "llama",
  vocabularySize: 31,
  hiddenSize: 16,
  layers: 3,
  heads: 2,
  kvHeads: 1,
  headSize: 8,
  mlpSize: 24,
  normEpsilon: 1e-5,
  rope: { theta: 10_000 },
  maxPositions: 64,
  tiedHead: true,
};

/** Arithmetic that a Llama does not have, in as many places as one model can. */
export const otherSpec: ModelSpec = {
  ...tinySpec,
  family: "other",
  norm: "layer",
  outputNorms: true,
  headNorms: true,
  mlp: "plain",
  activation: "gelu",
  positionTable: true,
  embeddingScale: 4,
  attentionScale: 0.5,
  biases: ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj"],
  layerAttention: [{ window: 20 }, { rope: { theta: 100, rotated: 4 } }, { rope: { theta: 100 }, window: 30 }],
};

export function tinyWeights(seed = 1, spec = tinySpec): ModelWeights {
  return { spec, tensors: initialWeights(spec, seed) };
}

interface TinyAdapterOptions {
  readonly gamma?: number;
  readonly seed?: number;
  readonly spec?: ModelSpec;
  readonly markov?: MarkovSpec | undefined;
}

/** Streams in the top two layers with LoRA, all of whose tensors are random: at zero, half of the gradients would be. */
export function tinyAdapter(
  mode: StreamMode,
  { gamma = 2, seed = 1, spec = tinySpec, markov }: TinyAdapterOptions = {},
): Adapter {
  const lora = { rank: 2, alpha: 4, modules: linearModules(spec), layers: mode === "shared" ? [0, 1, 2] : [1, 2] };
  const streams = { mode, gamma, msaLayers: 2, lora, ...(markov && { markov }) };
  const tensors = initialAdapter(spec, streams, seed);
  const random = new Random(seed, "tiny adapter");
  for (const [name, { data }] of tensors) {
    if (/lora_B$|markov_b/.test(name)) for (let i = 0; i < data.length; i++) data[i] = random.normal() * 0.3;
  }
  return { streams, tensors };
}

/** Texts that count upwards from where the prompt ends, so that there is something to learn. */
export function countingExamples(count: number, seed = 1): TrainingExample[] {
  const random = new Random(seed, "counting");
  const from = (start: number, length: number): number[] => Array.from({ length }, (_, index) => (start + index) % 31);
  return Array.from({ length: count }, () => {
    const start = random.below(31);
    const length = 2 + random.below(4);
    const completions = Array.from({ length: 1 + random.below(3) }, () => from(start + length, 3 + random.below(5)));
    return { prompt: from(start, length), completions };
  });
}
