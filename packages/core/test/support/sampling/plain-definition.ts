import type { SamplingOptions } from "../../../src/index.js";

/**
 * The distribution that sampling options make of logits, by the definitions as they are written, on sorted lists.
 *
 * @param text all tokens before, for the penalty
 */
export function byDefinition(logits: readonly number[], text: readonly number[], options: SamplingOptions): number[] {
  const { temperature = 1, topK = logits.length, topP = 1, minP = 0 } = options;
  const { repetitionPenalty = 1, logitBias = {} } = options;
  const adjusted = logits.map((logit, token) => {
    const biased = logit + (logitBias[token] ?? 0);
    if (!text.includes(token)) return biased;
    return biased > 0 ? biased / repetitionPenalty : biased * repetitionPenalty;
  });
  const ranked = [...adjusted.keys()].sort((a, b) => (adjusted[b] as number) - (adjusted[a] as number) || a - b);
  const [best = 0] = ranked;
  if (temperature === 0) return logits.map((_, token) => (token === best ? 1 : 0));
  const weight = (token: number) => Math.exp(((adjusted[token] as number) - (adjusted[best] as number)) / temperature);
  const total = (tokens: readonly number[]) => tokens.reduce((sum, token) => sum + weight(token), 0);
  const most = ranked.slice(0, topK).filter((token) => weight(token) > 0);
  const nucleus = most.filter((_, rank) => topP === 1 || total(most.slice(0, rank)) < topP * total(most));
  const kept = nucleus.filter((token) => weight(token) >= minP * weight(best));
  return logits.map((_, token) => (kept.includes(token) ? weight(token) / total(kept) : 0));
}
