import { COMMITTED, type PassRow, throwIfAborted } from "@anabranch/core";
import type { LanguageModel } from "../model/language-model.js";

/**
 * Best minus second logit at each id of a text that plain decoding wrote, from passes over the whole text.
 * A tiny gap is a near-tie, which float32 rounding in another order may turn.
 *
 * @returns one number for each of `tokens`.
 * @throws AbortedError; whatever the model's calls throw.
 */
export async function logitGaps(
  { model, adapter }: LanguageModel,
  prompt: readonly number[],
  tokens: readonly number[],
  signal?: AbortSignal,
): Promise<number[]> {
  const sequence = await model.createSequence(adapter === undefined ? {} : { adapter });
  const shared = adapter?.streams.mode === "shared";
  const text = [...prompt, ...tokens.slice(0, -1)];
  const { maxRows } = model.capabilities;
  const gaps: number[] = [];
  try {
    for (let start = 0; start < text.length; start += maxRows) {
      throwIfAborted(signal, "Measuring gaps");
      const rows = text.slice(start, start + maxRows).map((token, row): PassRow => {
        const parent = row === 0 ? COMMITTED : row - 1;
        if (start + row < prompt.length - 1) return { token, parent };
        return { token, parent, streams: shared, read: { topLogProbs: 2 } };
      });
      const [result] = await model.pass([{ sequence, rows }]);
      await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
      for (const { topLogProbs } of result?.rows ?? []) {
        if (topLogProbs === undefined) continue;
        const [best = 0, second = 0] = topLogProbs.logProbs;
        gaps.push(best - second);
      }
    }
    return gaps;
  } finally {
    await sequence.dispose();
  }
}
