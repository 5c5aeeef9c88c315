import type { Batch } from "./batch.js";
import type { TrainingExample } from "./example.js";
import { LossTargets } from "./loss-targets.js";

export interface PruningBatchOptions {
  /** The graph's input for states. */
  readonly hidden: string;
  readonly hiddenSize: number;
  /** States of the rows that predict a completion's tokens: [completion's length, hidden] */
  states(prompt: ArrayLike<number>, completion: ArrayLike<number>): Promise<Float32Array>;
  /** A token's place in the draft vocabulary, -1 where it is not there: such targets do not count. Absent: all tokens. */
  readonly draftIndex: Int32Array | undefined;
  /** Rows of one run, at most. */
  readonly sliceRows: number;
}

/** The completions' rows one after another, in as many runs as `sliceRows` asks for; their gradients add up. */
export async function pruningBatches(
  examples: readonly TrainingExample[],
  { hidden, hiddenSize, states, draftIndex, sliceRows }: PruningBatchOptions,
): Promise<Batch[]> {
  const texts = examples.flatMap(({ prompt, completions }) =>
    completions.map((completion) => ({ prompt, completion })),
  );
  const rows = texts.reduce((sum, { completion }) => sum + completion.length, 0);
  const data = new Float32Array(rows * hiddenSize);
  const targets = new LossTargets("main", 1, rows, 1);
  let row = 0;
  for (const { prompt, completion } of texts) {
    data.set(await states(prompt, completion), row * hiddenSize);
    for (const token of Array.from(completion)) {
      const target = draftIndex === undefined ? token : (draftIndex[token] as number);
      if (target >= 0) targets.put(0, row, 0, target);
      row++;
    }
  }
  targets.weigh([1]);
  const batches: Batch[] = [];
  for (let from = 0; from < rows; from += sliceRows) {
    const to = Math.min(rows, from + sliceRows);
    const own = targets.slice(from, to);
    const part = { shape: [1, to - from, hiddenSize], data: data.subarray(from * hiddenSize, to * hiddenSize) };
    batches.push({ inputs: { [hidden]: part, ...own.inputs() }, losses: [own], rows: to - from });
  }
  return batches;
}
