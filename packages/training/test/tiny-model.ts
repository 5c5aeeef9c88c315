import { type Adapter, LINEAR_MODULES, type ModelSpec, type ModelWeights, type StreamMode } from "@anabranch/core";
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

export function tinyWeights(seed = 1): ModelWeights {
  return { spec: tinySpec, tensors: initialWeights(tinySpec, seed) };
}

/** Streams in the top two layers with LoRA, all of whose tensors are random: at zero, half of the gradients would be. */
export function tinyAdapter(mode: StreamMode, gamma = 2, seed = 1): Adapter {
  const lora = { rank: 2, alpha: 4, modules: LINEAR_MODULES, layers: mode === "shared" ? [0, 1, 2] : [1, 2] };
  const streams = { mode, gamma, msaLayers: 2, lora };
  const tensors = initialAdapter(tinySpec, streams, seed);
  const random = new Random(seed, "tiny adapter");
  for (const [name, { data }] of tensors) {
    if (name.endsWith("lora_B")) for (let i = 0; i < data.length; i++) data[i] = random.normal() * 0.3;
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
