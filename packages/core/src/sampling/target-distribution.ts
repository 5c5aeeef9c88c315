import { InvalidArgumentError } from "../errors/index.js";
import type { SamplingOptions } from "./sampling-options.js";
import { keepTopK, keepTopP } from "./truncate.js";

/** Turns rows' logits into the distributions that tokens are drawn from, as {@link SamplingOptions} say. */
export class TargetDistribution {
  readonly #bias: readonly (readonly [token: number, bias: number])[];
  /** Different tokens of the text. */
  readonly #seen = new Set<number>();
  readonly #probabilities: Float64Array;

  /** @param options as `checkSampling` takes them */
  constructor(
    private readonly options: SamplingOptions,
    vocabularySize: number,
  ) {
    this.#bias = Object.entries(options.logitBias ?? {}).map(([token, bias]) => [Number(token), bias]);
    this.#probabilities = new Float64Array(vocabularySize);
  }

  /** A token has become part of the text. */
  see(token: number): void {
    this.#seen.add(token);
  }

  /**
   * The distribution of the token after a row.
   *
   * @param logits [vocabulary]
   * @param path tokens between the text and the row, the row's own included, which the penalty counts as text
   * @returns [vocabulary], sums to 1; written over by the next call
   * @throws InvalidArgumentError where biases forbid every token
   */
  of(logits: Float32Array, path: Iterable<number> = []): Float64Array {
    const { temperature = 1, topK = Infinity, topP = 1, minP = 0 } = this.options;
    const values = this.#probabilities;
    values.set(logits);
    for (const [token, bias] of this.#bias) values[token] = (values[token] as number) + bias;
    this.#penalise(values, path);
    const best = largest(values);
    const most = values[best] as number;
    if (most === Number.NEGATIVE_INFINITY) {
      throw new InvalidArgumentError("The logit bias forbids every token.", { subject: "sampling.logitBias" });
    }
    if (temperature === 0) {
      values.fill(0)[best] = 1;
      return values;
    }
    keepTopK(values, topK);
    let total = 0;
    for (let token = 0; token < values.length; token++) {
      const score = values[token] as number;
      // Most are forbidden where only few may stay, and exponentials are dear.
      const weight = score === Number.NEGATIVE_INFINITY ? 0 : Math.exp((score - most) / temperature);
      values[token] = weight;
      total += weight;
    }
    if (topP < 1) keepTopP(values, topP, total);
    total = 0;
    for (let token = 0; token < values.length; token++) {
      // The most probable token's weight is 1.
      if ((values[token] as number) < minP) values[token] = 0;
      total += values[token] as number;
    }
    for (let token = 0; token < values.length; token++) values[token] = (values[token] as number) / total;
    return values;
  }

  #penalise(logits: Float64Array, path: Iterable<number>): void {
    const { repetitionPenalty: penalty = 1 } = this.options;
    if (penalty === 1) return;
    const penalise = (token: number): void => {
      const logit = logits[token] as number;
      logits[token] = logit > 0 ? logit / penalty : logit * penalty;
    };
    for (const token of this.#seen) penalise(token);
    for (const token of new Set(path)) if (!this.#seen.has(token)) penalise(token);
  }
}

/** The token of the largest value, the lowest id of equal ones. */
function largest(values: Float64Array): number {
  let best = 0;
  for (let token = 1; token < values.length; token++) {
    if ((values[token] as number) > (values[best] as number)) best = token;
  }
  return best;
}
