import { InvalidArgumentError } from "@anabranch/core";

/** What one verify pass did, for one sequence. */
export interface VerifyPassRecord {
  /** Ids that it appended: the accepted draft tokens and the bonus token, nothing beyond the end token. At least 1. */
  readonly emitted: number;
  /** Draft tokens offered to it: the rows of its tree without the root. */
  readonly drafted: number;
  /** Levels of that tree: the longest path from the root, in draft tokens. */
  readonly depth: number;
  /** Draft tokens accepted and emitted. Equal to `emitted` where the end token was a draft token, else one less. */
  readonly accepted: number;
}

/** The calls that made one sequence. */
export interface SequenceRecord {
  /** The prefill is one call, in plain decoding too; it gives the first token. */
  readonly prefill: { readonly emitted: number };
  readonly passes: readonly VerifyPassRecord[];
}

/** How many tokens passes gave, over a whole set. */
export interface Acceptance {
  readonly sequences: number;
  /** Emitted ids, end tokens included; also the number of calls of one-token-a-pass decoding. */
  readonly tokens: number;
  /** Calls of the target: one prefill a sequence and every verify pass. `tokens / passes` is `cr`. */
  readonly passes: number;
  readonly verifyPasses: number;
  /** The paper's call reduction over the set: calls of one-token-a-pass decoding / calls of this method. */
  readonly cr: number;
  /** vLLM's: tokens a verify pass, prefill apart, bonus token included. 0 where there was no verify pass. */
  readonly meanAcceptanceLength: number;
  /** [depth - 1]: share of the passes with a draft at least that deep whose draft token at that depth was accepted. */
  readonly acceptanceByPosition: readonly number[];
  /** [n]: verify passes that emitted n tokens; entry 0 is always 0. */
  readonly acceptanceLengthHistogram: readonly number[];
}

/**
 * Adds up the calls of a set of sequences.
 *
 * CR is a ratio of sums over the set, not a mean of ratios, so long sequences weigh as much as they cost.
 *
 * @throws InvalidArgumentError for an empty set, or a record whose numbers contradict each other (its place is named).
 */
export function measureAcceptance(sequences: readonly SequenceRecord[]): Acceptance {
  if (sequences.length === 0)
    throw new InvalidArgumentError("There are no sequences to measure.", { subject: "sequences" });
  let tokens = 0;
  let verifyPasses = 0;
  let tokensOfVerifyPasses = 0;
  const offered: number[] = []; // [depth - 1]
  const accepted: number[] = []; // [depth - 1]
  const histogram: number[] = []; // [emitted]
  sequences.forEach((sequence, s) => {
    requireCount(sequence.prefill.emitted, 1, `sequences[${s}].prefill.emitted`);
    tokens += sequence.prefill.emitted;
    sequence.passes.forEach((pass, p) => {
      requireConsistent(pass, `sequences[${s}].passes[${p}]`);
      verifyPasses++;
      tokensOfVerifyPasses += pass.emitted;
      histogram[pass.emitted] = (histogram[pass.emitted] ?? 0) + 1;
      for (let i = 0; i < pass.depth; i++) {
        offered[i] = (offered[i] ?? 0) + 1;
        accepted[i] = (accepted[i] ?? 0) + (i < pass.accepted ? 1 : 0);
      }
    });
  });
  tokens += tokensOfVerifyPasses;
  const passes = sequences.length + verifyPasses;
  return {
    sequences: sequences.length,
    tokens,
    passes,
    verifyPasses,
    cr: tokens / passes,
    meanAcceptanceLength: verifyPasses === 0 ? 0 : tokensOfVerifyPasses / verifyPasses,
    acceptanceByPosition: offered.map((count, i) => (accepted[i] ?? 0) / count),
    acceptanceLengthHistogram: Array.from(histogram, (count) => count ?? 0),
  };
}

function requireConsistent(pass: VerifyPassRecord, subject: string): void {
  requireCount(pass.emitted, 1, `${subject}.emitted`);
  requireCount(pass.drafted, 0, `${subject}.drafted`);
  requireCount(pass.depth, 0, `${subject}.depth`);
  requireCount(pass.accepted, 0, `${subject}.accepted`);
  const { emitted, drafted, depth, accepted } = pass;
  if (depth > drafted || (drafted > 0 && depth === 0)) {
    throw new InvalidArgumentError(`${subject}: ${drafted} draft tokens cannot make a tree of depth ${depth}.`, {
      subject,
    });
  }
  if (accepted > depth) {
    throw new InvalidArgumentError(`${subject}: ${accepted} tokens accepted of a tree of depth ${depth}.`, { subject });
  }
  if (emitted !== accepted && emitted !== accepted + 1) {
    throw new InvalidArgumentError(`${subject}: ${accepted} accepted tokens, but ${emitted} emitted.`, {
      subject,
      cure: "Count the accepted draft tokens and at most one bonus token, and nothing beyond the end token.",
    });
  }
}

function requireCount(value: number, least: number, subject: string): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidArgumentError(`${subject} is ${value}; it must be a whole number, ${least} or more.`, { subject });
}
