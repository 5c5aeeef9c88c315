import { COMMITTED, type PassRow } from "@anabranch/core";
import type { LanguageModel } from "../model/language-model.js";

/**
 * Best minus second logit at each id of a text that plain decoding wrote, from one pass over the whole text.
 * A tiny gap is a near-tie, which float32 rounding in another order may turn.
 */
export async function logitGaps(
  { model, adapter }: LanguageModel,
  prompt: readonly number[],
  tokens: readonly number[],
): Promise<number[]> {
  const sequence = await model.createSequence(adapter === undefined ? {} : { adapter });
  try {
    const shared = adapter?.streams.mode === "shared";
    const text = [...prompt, ...tokens.slice(0, -1)];
    const rows = text.map((token, index): PassRow => {
      const parent = index === 0 ? COMMITTED : index - 1;
      if (index < prompt.length - 1) return { token, parent };
      return { token, parent, streams: shared, read: { topLogProbs: 2 } };
    });
    const [result] = await model.pass([{ sequence, rows }]);
    return (result?.rows ?? []).slice(prompt.length - 1).map((row) => {
      const [best = 0, second = 0] = row.topLogProbs?.logProbs ?? [];
      return best - second;
    });
  } finally {
    await sequence.dispose();
  }
}
