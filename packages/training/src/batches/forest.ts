import type { TrainingExample } from "./example.js";

/**
 * An example as rows of a pass: first the prompt but for its last token, shared by all completions; then each
 * completion's BRANCH, the prompt's last token and the completion but for its last token, so that row i of a branch
 * predicts token i of the completion. A branch sees the prompt and itself. The prompt's last token is there once for each
 * completion, because its streams have other targets in each.
 */
export interface Forest {
  /** [rows] */
  readonly tokens: Int32Array;
  /** [rows]: depth from the first row. */
  readonly positions: Int32Array;
  /** Rows that all branches see: 0 .. shared - 1. */
  readonly shared: number;
  readonly branches: readonly Branch[];
}

export interface Branch {
  /** Its first row. */
  readonly start: number;
  /** What its rows predict, one each. */
  readonly targets: ArrayLike<number>;
}

export function forestRows({ prompt, completions }: TrainingExample): number {
  return prompt.length - 1 + completions.reduce((sum, completion) => sum + completion.length, 0);
}

export function growForest(example: TrainingExample): Forest {
  const { prompt, completions } = example;
  const shared = prompt.length - 1;
  const rows = forestRows(example);
  const tokens = new Int32Array(rows);
  const positions = new Int32Array(rows);
  for (let row = 0; row < shared; row++) {
    tokens[row] = prompt[row] as number;
    positions[row] = row;
  }
  const branches: Branch[] = [];
  let start = shared;
  for (const targets of completions) {
    for (let i = 0; i < targets.length; i++) {
      tokens[start + i] = (i === 0 ? prompt[shared] : targets[i - 1]) as number;
      positions[start + i] = shared + i;
    }
    branches.push({ start, targets });
    start += targets.length;
  }
  return { tokens, positions, shared, branches };
}
