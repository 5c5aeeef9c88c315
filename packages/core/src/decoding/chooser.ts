import type { DraftTree } from "../contract/draft.js";
import type { RowRead, RowResult } from "../contract/pass.js";
import { Noise } from "../sampling/noise.js";
import { checkSampling, isPlainGreedy } from "../sampling/sampling-options.js";
import { TargetDistribution } from "../sampling/target-distribution.js";
import { verifyCoupled } from "../verification/coupled.js";
import { type Verdict, verifyGreedy } from "../verification/greedy.js";
import type { DecodeOptions } from "./decode.js";

/** Chooses a text's tokens: greedily, or by chance. */
interface Chooser {
  /** What it must know of each row. */
  readonly read: RowRead;
  /**
   * @param rows results of the root and of the draft's nodes
   * @param tokens the text, the root its last; the same list every time, longer each time
   */
  verify(draft: DraftTree, rows: readonly RowResult[], tokens: readonly number[]): Verdict;
}

/** @throws InvalidArgumentError or UnknownTokenError for sampling options outside what they may be */
export function chooserOf(options: Pick<DecodeOptions, "model" | "sampling" | "verifier" | "lost">): Chooser {
  const { model, sampling, verifier = verifyCoupled, lost = 0 } = options;
  if (sampling === undefined) return greedy;
  const { vocabularySize } = model.spec;
  checkSampling(sampling, vocabularySize);
  if (isPlainGreedy(sampling)) return greedy;
  const targets = new TargetDistribution(sampling, vocabularySize);
  const noise = new Noise(sampling.seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
  let seen = 0;
  return {
    // A drafter may count on the argmax.
    read: { argmax: true, logits: true },
    verify(draft, rows, tokens) {
      for (; seen < tokens.length; seen++) targets.see(tokens[seen] as number);
      const tokenOf = (row: number): number => draft.tokens[row - 1] as number;
      return verifier({
        draft,
        noise,
        position: lost + tokens.length,
        survived: (row) => rows[row]?.survived === true,
        target: (path) => targets.of(rows[path.at(-1) as number]?.logits as Float32Array, path.slice(1).map(tokenOf)),
      });
    },
  };
}

const greedy: Chooser = {
  read: { argmax: true },
  verify: (draft, rows) =>
    verifyGreedy(
      draft,
      rows.map((row) => row.argmax),
    ),
};
