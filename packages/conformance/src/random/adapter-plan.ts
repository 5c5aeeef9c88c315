import {
  LINEAR_MODULES,
  linearModules,
  type MarkovSpec,
  type ModelSpec,
  type StreamMode,
  type StreamSpec,
} from "@anabranch/core";
import fc from "fast-check";

/** A random adapter for a model of any depth; the seed is that of its tensors. */
export interface AdapterPlan {
  readonly gamma: number;
  /** Msa layers, counted modulo the model's layers. */
  readonly msa: number;
  readonly rank: number;
  readonly alpha: number;
  readonly modules: StreamModules;
  /** Layers with LoRA, as bits. */
  readonly layers: number;
  readonly initialisationRank: number;
  /** ε; 0: the adapter has stream embeddings. */
  readonly valueRotation: number;
  /** Of the pruning adapter; 0: there is none. */
  readonly pruningRank: number;
  readonly markov: "none" | MarkovSpec["kind"];
  /** Every so many tokens of the vocabulary are draft tokens; 0: the adapter has no draft vocabulary. */
  readonly vocabularyStep: number;
  /** Texts that transitions are counted over; none for an adapter without transitions. */
  readonly texts: number;
  readonly seed: number;
}

type StreamModules = readonly (typeof LINEAR_MODULES)[number][];

export const adapterPlans: fc.Arbitrary<AdapterPlan> = fc.record({
  gamma: fc.integer({ min: 1, max: 8 }),
  msa: fc.nat(3),
  rank: fc.nat(4),
  alpha: fc.constantFrom(1, 4, 8),
  modules: fc.subarray([...LINEAR_MODULES], { minLength: 1 }),
  layers: fc.integer({ min: 1, max: 15 }),
  initialisationRank: fc.nat(2),
  valueRotation: fc.constantFrom(0, 0, 0.3, -1.2),
  pruningRank: fc.nat(3),
  markov: fc.constantFrom("none", "vanilla", "rnn"),
  vocabularyStep: fc.nat(3),
  texts: fc.nat(2),
  seed: fc.nat(),
});

/** One fixed adapter for the cases that are about behaviour and not about numbers. */
export const plainAdapter: AdapterPlan = {
  gamma: 3,
  msa: 1,
  rank: 2,
  alpha: 4,
  modules: ["q_proj", "v_proj"],
  layers: 15,
  initialisationRank: 0,
  valueRotation: 0,
  pruningRank: 0,
  markov: "none",
  vocabularyStep: 0,
  texts: 0,
  seed: 11,
};

export function streamSpecOf(plan: AdapterPlan, mode: StreamMode, spec: ModelSpec): StreamSpec {
  const msaLayers = 1 + (plan.msa % spec.layers);
  // In lossless mode the layers below the streams stay the base model's.
  const first = mode === "lossless" ? spec.layers - msaLayers : 0;
  const all = Array.from({ length: spec.layers }, (_, layer) => layer).filter((layer) => layer >= first);
  const layers = all.filter((layer) => (plan.layers >> layer) & 1);
  const modules = linearModules(spec).filter((module) => plan.modules.includes(module));
  return {
    mode,
    gamma: plan.gamma,
    msaLayers,
    ...(plan.rank > 0 &&
      layers.length > 0 &&
      modules.length > 0 && { lora: { rank: plan.rank, alpha: plan.alpha, modules, layers } }),
    ...(plan.initialisationRank > 0 && { initialisationRank: plan.initialisationRank }),
    ...(plan.valueRotation !== 0 && { valueRotation: plan.valueRotation }),
    ...(plan.pruningRank > 0 && { pruning: { rank: plan.pruningRank, threshold: 0.1 } }),
    ...(plan.markov !== "none" && { markov: { kind: plan.markov, rank: 1 + (plan.seed % 5), tokenScale: 1.5 } }),
  };
}
