import type { MarkovSpec, ModelSpec, StreamSpec } from "@anabranch/core";
import { linearModules } from "@anabranch/core";

/** small: the models that come with the package, 5.1 million parameters beside the vocabulary's; tiny: to try data out. */
export const MODEL_SIZES = {
  small: { hiddenSize: 256, layers: 6, heads: 4, kvHeads: 4, headSize: 64, mlpSize: 768 },
  tiny: { hiddenSize: 32, layers: 3, heads: 2, kvHeads: 2, headSize: 16, mlpSize: 96 },
} as const;

export type ModelSize = keyof typeof MODEL_SIZES;

/** The shape of a new model. */
export function smallModelSpec(vocabularySize: number, size: ModelSize = "small"): ModelSpec {
  return {
    family: "llama",
    vocabularySize,
    ...MODEL_SIZES[size],
    normEpsilon: 1e-5,
    rope: { theta: 10_000 },
    maxPositions: 512,
    tiedHead: true,
  };
}

export interface StreamRecipe {
  readonly mode: StreamSpec["mode"];
  readonly gamma: number;
  readonly msaLayers: number;
  /** LoRA rank; 0: none (a model that learns all its weights needs none). */
  readonly rank: number;
  /** Absent: streams are independent of each other. */
  readonly markov?: MarkovSpec;
  /** η of f_η (Eq. 3); absent: streams start as the main stream is. */
  readonly initialisationRank?: number;
  /** ε of B.3, radians; absent: streams have embeddings. */
  readonly valueRotation?: number;
}

/** Stream settings: LoRA on all layers in shared mode, on the MSA layers in lossless mode (3.1.4). */
export function streamSpec(spec: ModelSpec, { rank, ...rest }: StreamRecipe): StreamSpec {
  if (rank === 0) return rest;
  const { mode, msaLayers } = rest;
  const first = mode === "shared" ? 0 : spec.layers - msaLayers;
  const adapted = Array.from({ length: spec.layers - first }, (_, index) => first + index);
  return { ...rest, lora: { rank, alpha: rank, modules: linearModules(spec), layers: adapted } };
}
