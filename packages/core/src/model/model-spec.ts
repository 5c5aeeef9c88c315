import type { LinearModule } from "./parameter-names.js";
import type { RopeSpec } from "./rope-spec.js";

/** gelu is exact (erf), gelu_tanh its usual approximation. */
export type Activation = "silu" | "gelu" | "gelu_tanh" | "relu";

/** What one layer's attention does with positions. */
export interface LayerAttention {
  /** Absent: queries and keys are not turned. */
  readonly rope?: RopeSpec;
  /** A row sees the positions from its own down to its own - window + 1; absent: all before it. */
  readonly window?: number;
}

/**
 * The arithmetic of a decoder; what a graph is built from. Plain data, JSON-safe. What is absent is as Llama has it: RMS norms
 * before attention and MLP, no biases, a gated MLP with SiLU.
 */
export interface ModelSpec extends LayerAttention {
  /** A name for people; the arithmetic is in the other fields. */
  readonly family: string;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  /** Query heads; a multiple of `kvHeads`. */
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly mlpSize: number;
  readonly normEpsilon: number;
  /** Positions the model was made for: 0 .. maxPositions - 1. */
  readonly maxPositions: number;
  /** True when the LM head is the embedding table itself. */
  readonly tiedHead: boolean;

  /** Where layers differ, [layers]: stands in place of the model's own `rope` and `window`. */
  readonly layerAttention?: readonly LayerAttention[];
  /** rms when absent; layer: with mean and bias. */
  readonly norm?: "rms" | "layer";
  /** True: what attention and MLP put out is normed as well, before it is added (Gemma 3). */
  readonly outputNorms?: true;
  /** True: RMS norms over each head of queries and keys, before RoPE (Qwen 3, Gemma 3). */
  readonly headNorms?: true;
  /** Linear maps that have a bias. */
  readonly biases?: readonly LinearModule[];
  /** silu when absent. */
  readonly activation?: Activation;
  /** gated when absent: down(activation(gate) * up); plain: down(activation(up)). */
  readonly mlp?: "gated" | "plain";
  /** True: a learned vector for each position is added to the token's (GPT-2, OPT). */
  readonly positionTable?: true;
  /** What embeddings are multiplied by; 1 when absent. */
  readonly embeddingScale?: number;
  /** What attention's scores are multiplied by; headSize ** -0.5 when absent. */
  readonly attentionScale?: number;
}

/** RoPE and window of one layer. */
export function attentionOf(spec: ModelSpec, layer: number): LayerAttention {
  return spec.layerAttention?.[layer] ?? spec;
}

/** Whether a row at a position sees a position before it or its own. @param window absent: it sees all of them */
export function isInWindow(row: number, seen: number, window: number | undefined): boolean {
  return window === undefined || row - seen < window;
}

/** The windows that a model's layers have, each once; a layer that sees all has none. */
export function attentionWindows(spec: ModelSpec): number[] {
  const windows = new Set<number>();
  for (let layer = 0; layer < spec.layers; layer++) {
    const { window } = attentionOf(spec, layer);
    if (window !== undefined) windows.add(window);
  }
  return [...windows];
}
