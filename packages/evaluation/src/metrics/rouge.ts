import { InvalidArgumentError } from "@anabranch/core";
import { l as rougeL, n as rougeN } from "js-rouge";
import { porterStem } from "./porter-stemmer.js";

export interface RougeOptions {
  /**
   * Compare stems rather than words (rouge_score's `use_stemmer`). Default true: summarisation results, the paper's
   * among them, are usually given so. On E2E's dev references it adds 1.6 points of ROUGE-1.
   */
  readonly stemmer?: boolean;
}

/** ROUGE F-measures times 100, and how they were taken. */
export interface RougeScore {
  /** Unigram overlap. */
  readonly rouge1: number;
  /** Union of longest common subsequences over sentences; a sentence ends at a line break. */
  readonly rougeLsum: number;
  readonly stemmer: boolean;
}

export interface RougeExample {
  readonly prediction: string;
  /** At least one. */
  readonly references: readonly string[];
}

/**
 * ROUGE-1 and ROUGE-Lsum of one text against several references: for each metric the best reference counts, by F.
 *
 * The numbers are those of google-research's rouge_score (`RougeScorer.score_multi`, default tokenizer); Lin,
 * "ROUGE: a package for automatic evaluation of summaries", 2004.
 *
 * @throws InvalidArgumentError without a reference.
 */
export function rouge(prediction: string, references: readonly string[], options: RougeOptions = {}): RougeScore {
  if (references.length === 0) {
    throw new InvalidArgumentError("ROUGE needs at least one reference.", { subject: "references" });
  }
  const stemmer = options.stemmer ?? true;
  const tokenizer = (text: string) => rougeTokens(text, stemmer);
  let rouge1 = 0;
  let rougeLsum = 0;
  for (const reference of references) {
    // js-rouge throws for blank text; without tokens, nothing overlaps.
    if (prediction.trim() === "" || reference.trim() === "") continue;
    rouge1 = Math.max(rouge1, rougeN(prediction, reference, { n: 1, tokenizer }));
    rougeLsum = Math.max(rougeLsum, rougeL(prediction, reference, { segmenter: lines, tokenizer }));
  }
  return { rouge1: 100 * rouge1, rougeLsum: 100 * rougeLsum, stemmer };
}

/**
 * The mean of {@link rouge} over a set of examples.
 *
 * @throws InvalidArgumentError for an empty set or an example without a reference.
 */
export function rougeOverSet(examples: readonly RougeExample[], options: RougeOptions = {}): RougeScore {
  if (examples.length === 0)
    throw new InvalidArgumentError("ROUGE needs at least one example.", { subject: "examples" });
  let rouge1 = 0;
  let rougeLsum = 0;
  for (const { prediction, references } of examples) {
    const score = rouge(prediction, references, options);
    rouge1 += score.rouge1;
    rougeLsum += score.rougeLsum;
  }
  return {
    rouge1: rouge1 / examples.length,
    rougeLsum: rougeLsum / examples.length,
    stemmer: options.stemmer ?? true,
  };
}

/** rouge_score's default tokens: lower case, runs of a-z and 0-9; only words of more than three letters are stemmed. */
export function rougeTokens(text: string, stemmer: boolean): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stemmer ? words.map((word) => (word.length > 3 ? porterStem(word) : word)) : words;
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
