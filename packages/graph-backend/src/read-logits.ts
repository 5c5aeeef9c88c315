import { InvalidArgumentError, NotFiniteError, type RowRead, type TokenLogProbs } from "@anabranch/core";
import type { Floats } from "./floats.js";

/**
 * The most probable token, the lowest id among equals. A NaN fails every comparison, so it is found at no cost.
 * @throws NotFiniteError naming the row
 */
export function argmaxOf(logits: Floats, offset: number, size: number, row: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let token = -1;
  for (let index = 0; index < size; index++) {
    const logit = logits[offset + index] as number;
    if (!(logit <= best)) {
      if (!(logit < Number.POSITIVE_INFINITY)) throw notFinite(row);
      best = logit;
      token = index;
    }
  }
  if (token < 0) throw notFinite(row);
  return token;
}

/** log of the sum of exponentials, in float64. */
export function logSumExp(logits: Floats, offset: number, size: number, largest: number): number {
  let sum = 0;
  for (let index = 0; index < size; index++) sum += Math.exp((logits[offset + index] as number) - largest);
  return largest + Math.log(sum);
}

/** The k largest, best first, equal ones by ascending id. */
export function topTokens(logits: Floats, offset: number, size: number, k: number): Int32Array {
  if (k > 64) {
    const order = Int32Array.from({ length: size }, (_, token) => token);
    const at = (token: number): number => logits[offset + token] as number;
    return order.sort((a, b) => (at(a) === at(b) ? a - b : at(b) - at(a))).slice(0, k);
  }
  const best = new Int32Array(k);
  let found = 0;
  let threshold = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < size; token++) {
    const logit = logits[offset + token] as number;
    if (found === k && logit <= threshold) continue;
    let at = found < k ? found++ : k - 1;
    while (at > 0 && (logits[offset + (best[at - 1] as number)] as number) < logit) {
      best[at] = best[at - 1] as number;
      at--;
    }
    best[at] = token;
    threshold = logits[offset + (best[found - 1] as number)] as number;
  }
  return best;
}

/** Logits with a row's vocabulary bias added. @throws InvalidArgumentError when nothing is left, or it is not a bias. */
export function biased(logits: Floats, offset: number, bias: Float32Array, row: number): Float64Array {
  const sum = new Float64Array(bias.length);
  let allowed = false;
  for (let token = 0; token < bias.length; token++) {
    const value = bias[token] as number;
    if (!(value < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(`Row ${row}'s vocabulary bias holds ${value} for token ${token}.`, {
        subject: `rows[${row}].read.vocabularyBias`,
      });
    }
    allowed ||= value > Number.NEGATIVE_INFINITY;
    sum[token] = (logits[offset + token] as number) + value;
  }
  if (!allowed) {
    throw new InvalidArgumentError(`Row ${row}'s vocabulary bias forbids every token.`, {
      subject: `rows[${row}].read.vocabularyBias`,
    });
  }
  return sum;
}

/** Log-probabilities of the k most probable tokens. */
export function topLogProbs(logits: Floats, offset: number, size: number, k: number, logSum: number): TokenLogProbs {
  const tokens = topTokens(logits, offset, size, k);
  return { tokens, logProbs: Float32Array.from(tokens, (token) => (logits[offset + token] as number) - logSum) };
}

/** Whether anything that the row asks for needs its logits. */
export function readsLogits(read: RowRead | undefined): boolean {
  return (
    read !== undefined &&
    (read.argmax === true || read.topLogProbs !== undefined || read.logProbsOf !== undefined || read.logits === true)
  );
}

/** Whether more is asked of the row's logits than its `width` best tokens say. */
export function readsWholeLogits(read: RowRead | undefined, width: number): boolean {
  if (read === undefined || !readsLogits(read)) return false;
  const { logits, logProbsOf, vocabularyBias, topLogProbs = 0 } = read;
  return logits === true || logProbsOf !== undefined || vocabularyBias !== undefined || topLogProbs > width;
}

/** @throws NotFiniteError naming the row */
export function requireFinite({ tokens, logProbs }: TokenLogProbs, row: number): TokenLogProbs {
  if (!Number.isFinite(logProbs[0])) throw notFinite(row);
  return { tokens, logProbs };
}

function notFinite(row: number): NotFiniteError {
  return new NotFiniteError(`Row ${row}'s logits are not finite.`, {
    subject: `rows[${row}]`,
    cure: "Check the weights for NaN and overflow.",
  });
}
