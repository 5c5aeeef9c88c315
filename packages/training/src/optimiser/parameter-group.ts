import { parameterNames } from "@anabranch/core";

/** How the optimiser treats a tensor. */
export interface ParameterGroup {
  /** Times the learning rate. */
  readonly rate: number;
  /** Whether weight decay acts on it. */
  readonly decays: boolean;
}

/**
 * Stream embeddings get a rate of their own (they are few, and start as noise: see `embeddingRate` of the settings);
 * neither they nor norms decay.
 */
export function parameterGroup(name: string, shape: readonly number[], embeddingRate: number): ParameterGroup {
  if (name === parameterNames.streamEmbedding) return { rate: embeddingRate, decays: false };
  return { rate: 1, decays: shape.length > 1 };
}
