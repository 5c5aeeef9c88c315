import type { Activation } from "../model/model-spec.js";

/**
 * The operations of the graph. Every interpreter (the reference, the lowering to ONNX, the kernels of a backend) and the
 * differentiation have exactly one entry for each.
 *
 * Activations are [batch, rows, features]; weights of linear maps are [out, in], as files have them. Where an operation
 * speaks of GROUPS, the rows axis is `positions * members`, the members of one position beside each other: a main row
 * and its streams, say.
 */

type V = string;

/** See `Operations.activate`. */
type Activated = { readonly activation: Activation };

/** What sits on a group's rows when it attends: see `AttendAttributes.own`. */
export type OwnKeys = "none" | "streams" | "main-and-streams";

/**
 * How a source of keys lies in memory: as rows, [batch, slots, kvHeads * headSize], or as heads,
 * [kvHeads, slots, headSize] with a batch of 1 (a cache that grows in place).
 */
export type KeyLayout = "rows" | "heads";

export interface AttendAttributes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Queries beside each other at one position, which share a row of every bias. */
  readonly members: number;
  /**
   * Keys that only a position's own members see (the streams' keys; never seen from another position, Eq. 2):
   * none; streams: members are the γ streams, and stream j sees streams 1..j;
   * main-and-streams: member 0 is the main row, which sees all γ (Eq. 1), member j sees streams 1..j.
   */
  readonly own: OwnKeys;
  /** Own keys at a position: γ, or 0. */
  readonly ownLength: number;
  /** One entry for each (keys, values, bias) in the inputs. */
  readonly sources: readonly KeyLayout[];
  /** What scores are multiplied by; headSize ** -0.5 when absent. */
  readonly scale?: number;
}

export function attentionScale({ headSize, scale = headSize ** -0.5 }: AttendAttributes): number {
  return scale;
}

/** Inputs, attributes and outputs by operation. `inputs` and `outputs` are names of values. */
export interface Operations {
  // ---- the decoder ----

  /** out[b, r] = table[tokens[b, r]] */
  embed: { inputs: readonly [table: V, tokens: V]; attributes: Record<never, never>; outputs: readonly [out: V] };

  /** out = x Wᵀ, or x W where `transposed`. */
  linear: {
    inputs: readonly [x: V, weight: V];
    attributes: { readonly transposed: boolean };
    outputs: readonly [out: V];
  };

  /** out = x + bias, over features; bias: [features]. */
  bias: { inputs: readonly [x: V, bias: V]; attributes: Record<never, never>; outputs: readonly [out: V] };

  /**
   * RMS norm: out = x / sqrt(mean(x²) + epsilon) * weight, over features; or, where the features are a multiple of the
   * weight's length, over each stretch of that length (the heads of queries and keys).
   */
  norm: {
    inputs: readonly [x: V, weight: V];
    attributes: { readonly epsilon: number };
    outputs: readonly [out: V];
  };

  /** With d = x - mean(x): out = d / sqrt(mean(d²) + epsilon) * weight + bias, over features. */
  layerNorm: {
    inputs: readonly [x: V, weight: V, bias: V];
    attributes: { readonly epsilon: number };
    outputs: readonly [out: V];
  };

  /**
   * Rotary positions, halves rotated (Hugging Face's layout): in each head, with angle a = position * frequencies[i],
   * (x_i, x_{i+D/2}) becomes (x_i cos a - x_{i+D/2} sin a, x_{i+D/2} cos a + x_i sin a), D being twice the number of
   * frequencies; what of a head lies behind its first D features stays. The turned features are multiplied by `scale`.
   * `inverse` turns back, scaled all the same: the gradient. positions: [batch, rows].
   */
  rope: {
    inputs: readonly [x: V, positions: V];
    attributes: {
      readonly headSize: number;
      /** [headSize / 2], or fewer */
      readonly frequencies: readonly number[];
      readonly maxPositions: number;
      readonly inverse: boolean;
      /** 1 when absent. */
      readonly scale?: number;
    };
    outputs: readonly [out: V];
  };

  /**
   * Softmax attention of q [batch, positions * members, heads * headSize], scaled by `attentionScale`, over the keys of all
   * sources and the position's own keys together, in that order. Query head h uses kv head floor(h / (heads / kvHeads)).
   * Inputs after q: for each source keys, values and bias [batch, positions, slots] (added to the scores of every head and
   * member; a large negative number hides a slot); then, unless own is "none", ownKeys and ownValues
   * [batch, positions * ownLength, kvHeads * headSize].
   * out: [batch, positions * members, heads * headSize];
   * probabilities: [batch, heads, positions, members, all slots + ownLength], for the gradient.
   */
  attend: {
    inputs: readonly [q: V, ...keysValuesBias: V[]];
    attributes: AttendAttributes;
    outputs: readonly [out: V, probabilities: V];
  };

  /** out = activation(gate) * up; silu when absent. */
  gate: { inputs: readonly [gate: V, up: V]; attributes: Partial<Activated>; outputs: readonly [out: V] };

  /**
   * out = activation(x): silu, x sigmoid(x); gelu, x Φ(x); gelu_tanh, x / 2 (1 + tanh(sqrt(2 / π) (x + 0.044715 x³)));
   * relu, max(x, 0).
   */
  activate: { inputs: readonly [x: V]; attributes: Activated; outputs: readonly [out: V] };

  /** out = a + scale * b, equal shapes */
  add: {
    inputs: readonly [a: V, b: V];
    attributes: { readonly scale: number };
    outputs: readonly [out: V];
  };

  /** out[b, m] = x[b, rows[b, m]]; rows: [batch, m] */
  select: { inputs: readonly [x: V, rows: V]; attributes: Record<never, never>; outputs: readonly [out: V] };

  /**
   * Eq. 3. x and start: [batch, positions, hidden], embedding P: [γ, hidden]. Streams j of a position: start + P_j.
   * out: [batch, positions * γ, hidden], or with `keepMain` [batch, positions * (1 + γ), hidden] with x itself as member 0.
   */
  insertStreams: {
    inputs: readonly [x: V, start: V, embedding: V];
    attributes: { readonly keepMain: boolean };
    outputs: readonly [out: V];
  };

  /** Members from..to-1 of every group of `members`: [batch, positions * (to - from), features] */
  pick: {
    inputs: readonly [x: V];
    attributes: { readonly members: number; readonly from: number; readonly to: number };
    outputs: readonly [out: V];
  };

  // ---- reading logits ----

  /** Index of the largest of the last axis, the first where several are equal; i32. */
  argmax: { inputs: readonly [logits: V]; attributes: Record<never, never>; outputs: readonly [index: V] };

  /** The k most probable of the last axis, best first: log-probabilities (over the whole axis) and indices (i32). */
  topLogProbs: {
    inputs: readonly [logits: V];
    attributes: { readonly k: number };
    outputs: readonly [logProbs: V, indices: V];
  };

  /** out[b, r] = log softmax(logits[b, r])[targets[b, r]] */
  logProb: {
    inputs: readonly [logits: V, targets: V];
    attributes: Record<never, never>;
    outputs: readonly [out: V];
  };

  // ---- gradients: the extra operations that differentiating the ones above needs ----

  /** out = factor * x */
  scale: { inputs: readonly [x: V]; attributes: { readonly factor: number }; outputs: readonly [out: V] };

  /** [out, in] = sum over batch and rows of dy[b, r, out] x[b, r, in] */
  outer: { inputs: readonly [dy: V, x: V]; attributes: Record<never, never>; outputs: readonly [out: V] };

  embedGrad: {
    inputs: readonly [table: V, tokens: V, dy: V];
    attributes: Record<never, never>;
    outputs: readonly [dTable: V];
  };

  /** dBias of bias, its shape: sums of dy over batch and rows. */
  biasGrad: { inputs: readonly [bias: V, dy: V]; attributes: Record<never, never>; outputs: readonly [dBias: V] };

  normGrad: {
    inputs: readonly [x: V, weight: V, dy: V];
    attributes: { readonly epsilon: number };
    outputs: readonly [dx: V, dWeight: V];
  };

  layerNormGrad: {
    inputs: readonly [x: V, weight: V, dy: V];
    attributes: { readonly epsilon: number };
    outputs: readonly [dx: V, dWeight: V, dBias: V];
  };

  /**
   * Inputs: the forward node's inputs, its probabilities, and the gradient of its out. Outputs: dq, then for each source
   * dKeys and dValues (layout "rows" only), then dOwnKeys and dOwnValues where there are own keys.
   */
  attendGrad: {
    inputs: readonly [q: V, ...rest: V[]];
    attributes: AttendAttributes;
    outputs: readonly [dq: V, ...rest: V[]];
  };

  gateGrad: {
    inputs: readonly [gate: V, up: V, dy: V];
    attributes: Partial<Activated>;
    outputs: readonly [dGate: V, dUp: V];
  };

  activateGrad: { inputs: readonly [x: V, dy: V]; attributes: Activated; outputs: readonly [dx: V] };

  /** dx of select, x's shape; rows named twice add up. */
  selectGrad: {
    inputs: readonly [x: V, rows: V, dy: V];
    attributes: Record<never, never>;
    outputs: readonly [dx: V];
  };

  /** dx is zero where x was not kept; dStart and dEmbedding are sums. */
  insertStreamsGrad: {
    inputs: readonly [x: V, start: V, embedding: V, dy: V];
    attributes: { readonly keepMain: boolean };
    outputs: readonly [dx: V, dStart: V, dEmbedding: V];
  };

  /** dy put back among zeros: [batch, positions * members, features] */
  pickGrad: {
    inputs: readonly [dy: V];
    attributes: { readonly members: number; readonly from: number; readonly to: number };
    outputs: readonly [dx: V];
  };

  /** dLogits = dy * (onehot(targets) - softmax(logits)) */
  logProbGrad: {
    inputs: readonly [logits: V, targets: V, dy: V];
    attributes: Record<never, never>;
    outputs: readonly [dLogits: V];
  };
}

export type OperationName = keyof Operations;

/** One application of an operation. */
export type NodeOf<Name extends OperationName> = { readonly op: Name } & Operations[Name];

export type GraphNode = { [Name in OperationName]: NodeOf<Name> }[OperationName];

/** The inputs of an attend node by what they are. */
export interface AttendInputs {
  readonly query: string;
  readonly sources: readonly {
    readonly layout: KeyLayout;
    readonly keys: string;
    readonly values: string;
    readonly bias: string;
  }[];
  readonly own: { readonly keys: string; readonly values: string } | undefined;
}

export function attendInputs(inputs: readonly string[], attributes: AttendAttributes): AttendInputs {
  const at = (index: number): string => inputs[index] as string;
  const ownAt = 1 + 3 * attributes.sources.length;
  return {
    query: at(0),
    sources: attributes.sources.map((layout, source) => ({
      layout,
      keys: at(1 + 3 * source),
      values: at(2 + 3 * source),
      bias: at(3 + 3 * source),
    })),
    own: attributes.own === "none" ? undefined : { keys: at(ownAt), values: at(ownAt + 1) },
  };
}
