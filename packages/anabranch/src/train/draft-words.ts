import { type ModelWeights, parameterNames, toFloat32, type WeightTensor } from "@anabranch/core";
import type { TrainingExample } from "@anabranch/training";

/**
 * The tokens that occur most in the examples' completions, ascending: a softmax over some thousands of them costs a fraction of one
 * over all.
 *
 * @param size how many at most; fewer where fewer occur
 */
export function draftVocabulary(examples: readonly TrainingExample[], size: number): Int32Array {
  const counts = new Map<number, number>();
  for (const { completions } of examples) {
    for (const completion of completions) {
      for (const token of Array.from(completion)) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
  }
  const ranked = [...counts].sort(([a, many], [b, more]) => more - many || a - b).slice(0, size);
  return Int32Array.from(ranked, ([token]) => token).sort();
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
