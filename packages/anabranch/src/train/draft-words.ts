import { type ModelSpec, type ModelWeights, parameterNames, toFloat32, type WeightTensor } from "@anabranch/core";
import type { TrainingExample } from "@anabranch/training";

/** Ids from here on are as rare as those that a text's prompts name once. */
const COMMON_IDS = 30_000;

/**
 * The tokens that drafts are best made of, ascending: a softmax over some thousands costs a fraction of one over all. What the
 * examples' completions hold counts most, then their prompts, then a low id: byte-pair encodings number their tokens about as
 * often as they occur, and a few hundred thousand tokens of text have never seen many that other texts need (of SmolLM2's answers
 * to MT-Bench, the 8,192 tokens that are most frequent in 1,600 other answers cover 92%, 16,384 chosen so 96%).
 *
 * @param size how many
 */
export function draftVocabulary(
  { vocabularySize }: ModelSpec,
  examples: readonly TrainingExample[],
  size: number,
): Int32Array {
  const scores = Float64Array.from({ length: vocabularySize }, (_, id) => 2 * Math.max(0, 1 - id / COMMON_IDS));
  const add = (tokens: ArrayLike<number>, score: number): void => {
    for (const token of Array.from(tokens)) scores[token] = (scores[token] as number) + score;
  };
  for (const { prompt, completions } of examples) {
    add(prompt, 0.5);
    for (const completion of completions) add(completion, 1);
  }
  const ranked = Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return Int32Array.from(ranked.slice(0, size)).sort();
}

/** One over the standard deviation of a model's input embeddings: see `MarkovSpec.tokenScale`. */
export function tokenScale({ tensors }: ModelWeights): number {
  const table = toFloat32(tensors.get(parameterNames.embedding) as WeightTensor);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < table.length; i++) {
    const value = table[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / table.length;
  return 1 / Math.sqrt(squares / table.length - mean * mean);
}
