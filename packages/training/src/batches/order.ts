import { Random } from "../random/random.js";
import type { TrainingExample } from "./example.js";
import { forestRows } from "./forest.js";

export interface OrderSettings {
  readonly seed: number;
  /** Main rows of a batch, padding included, at most (one example may have more). */
  readonly batchRows: number;
  /** Completions that share one copy of their prompt, at most: more save rows, and cost attention. */
  readonly completionsPerPrompt: number;
}

/** Batches among which examples of like length are put together: more waste less on padding, fewer mix better. */
const BATCHES_IN_A_BUCKET = 40;

/**
 * One epoch's batches: every completion once, each prompt's completions split anew into groups, groups of like length
 * together, batches in random order. The same seed and epoch give the same batches.
 */
export function epochBatches(
  examples: readonly TrainingExample[],
  epoch: number,
  { seed, batchRows, completionsPerPrompt }: OrderSettings,
): TrainingExample[][] {
  const random = new Random(seed, "order", epoch);
  const groups = examples.flatMap(({ prompt, completions }) => {
    const shuffled = random.shuffle([...completions]);
    const parts = Math.ceil(shuffled.length / completionsPerPrompt);
    // Even parts: 5 completions make 3 and 2 rather than 4 and 1.
    return Array.from({ length: parts }, (_, part) => ({
      prompt,
      completions: shuffled.slice(
        Math.round((part * shuffled.length) / parts),
        Math.round(((part + 1) * shuffled.length) / parts),
      ),
    }));
  });
  random.shuffle(groups);
  const rows = groups.reduce((sum, group) => sum + forestRows(group), 0);
  const bucket = Math.max(1, Math.ceil((groups.length * batchRows * BATCHES_IN_A_BUCKET) / rows));
  const batches: TrainingExample[][] = [];
  for (let from = 0; from < groups.length; from += bucket) {
    const byLength = groups.slice(from, from + bucket).sort((a, b) => forestRows(a) - forestRows(b));
    batches.push(...cut(byLength, batchRows));
  }
  return random.shuffle(batches);
}

/** Cuts a list, shortest first, where one more would bring the padded batch over the limit. */
function cut(byLength: readonly TrainingExample[], batchRows: number): TrainingExample[][] {
  const batches: TrainingExample[][] = [];
  let batch: TrainingExample[] = [];
  for (const example of byLength) {
    if (batch.length > 0 && (batch.length + 1) * forestRows(example) > batchRows) {
      batches.push(batch);
      batch = [];
    }
    batch.push(example);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
