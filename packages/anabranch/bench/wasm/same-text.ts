import type { Tokenizer } from "@anabranch/tokenizers";
import type { Run } from "./side.js";

/**
 * How far two sides say the same, 0..1: the characters until they part, of the shorter text, on average over the prompts. Engines
 * that round differently part at the first near-tie; one that computes something else parts at once. What stands behind the end
 * of a text is not compared: to go on there, some engines emit its end and others forbid it.
 */
export function sameText(
  ours: readonly Run["emitted"][],
  theirs: readonly Run["emitted"][],
  tokenizer: Tokenizer,
): number {
  const shares = ours.map((emitted, prompt) => {
    const [a, b] = [textOf(emitted, tokenizer), textOf(theirs[prompt] ?? "", tokenizer)];
    const length = Math.min(a.length, b.length);
    let equal = 0;
    while (equal < length && a[equal] === b[equal]) equal++;
    return length === 0 ? 0 : equal / length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function textOf(emitted: Run["emitted"], tokenizer: Tokenizer): string {
  if (typeof emitted === "string") return emitted;
  const end = emitted.findIndex((token) => tokenizer.isSpecial(token));
  return tokenizer.decode(end < 0 ? emitted : emitted.slice(0, end));
}
