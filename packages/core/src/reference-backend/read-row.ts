import type { RowRead, RowResult } from "../contract/index.js";

/** log softmax in float64. [vocabulary] */
export function logSoftmax(logits: Float64Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

/** Ids of all tokens, the most probable first, equal ones by ascending id. */
export function rankedTokens(logProbs: Float64Array): number[] {
  const value = (token: number): number => logProbs[token] as number;
  const tokens = Array.from(logProbs.keys());
  return tokens.sort((a, b) => (value(a) === value(b) ? a - b : value(b) - value(a)));
}

/** What a row's read asks for. @param hidden gives a state by layer. */
export function readRow(read: RowRead, logits: Float64Array, hidden: (layer: number) => Float64Array): RowResult {
  const { vocabularyBias, topLogProbs, logProbsOf } = read;
  const biased = logits.map((logit, token) => logit + (vocabularyBias?.[token] ?? 0));
  const logProbs = logSoftmax(biased);
  const ranked = rankedTokens(logProbs);
  const probabilityOf = (tokens: readonly number[]): Float32Array =>
    Float32Array.from(tokens, (token) => logProbs[token] as number);
  const best = ranked.slice(0, topLogProbs);
  return {
    survived: true,
    ...(read.argmax === true && { argmax: ranked[0] as number }),
    ...(topLogProbs !== undefined && {
      topLogProbs: { tokens: Int32Array.from(best), logProbs: probabilityOf(best) },
    }),
    ...(logProbsOf !== undefined && { logProbsOf: probabilityOf(logProbsOf) }),
    ...(read.logits === true && { logits: Float32Array.from(biased) }),
    ...(read.hidden !== undefined && {
      hidden: new Map(read.hidden.map((layer) => [layer, Float32Array.from(hidden(layer))])),
    }),
  };
}
