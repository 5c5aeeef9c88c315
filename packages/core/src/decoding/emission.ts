import type { DraftTree } from "../contract/draft.js";
import type { Verdict } from "../verification/greedy.js";
import type { Step } from "./step.js";
import type { TokenLimit } from "./token-limit.js";

/** What a step emits of its verdict. */
export type Emission = Pick<Step, "tokens" | "fromDraft" | "accepted" | "bonus" | "finish">;

/** Cuts the accepted tokens and the bonus token after an end token, and at `limit.tokens` tokens. */
export function emissionOf(
  { path, bonus }: Verdict,
  draft: DraftTree,
  stopTokens: ReadonlySet<number>,
  limit: TokenLimit,
): Emission {
  const accepted = path.slice(1).map((row) => row - 1);
  const issued = [...accepted.map((node) => draft.tokens[node] as number), bonus];
  const end = issued.findIndex((token, index) => stopTokens.has(token) || index + 1 === limit.tokens);
  const tokens = end === -1 ? issued : issued.slice(0, end + 1);
  const stopped = stopTokens.has(tokens.at(-1) as number);
  const finish = end === -1 ? undefined : stopped ? "stop-token" : limit.by;
  return { tokens, fromDraft: Math.min(tokens.length, accepted.length), accepted, bonus, finish };
}
