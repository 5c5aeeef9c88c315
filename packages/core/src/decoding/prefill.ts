import type { DraftTree } from "../contract/draft.js";
import type { CallOptions } from "../contract/model.js";
import { COMMITTED, type PassResult, type PassRow, type RowRead, type RowResult } from "../contract/pass.js";
import type { Sequence } from "../contract/sequence.js";
import type { StepCalls } from "../drafters/drafter.js";

export interface PrefillRequest {
  readonly calls: StepCalls;
  readonly sequence: Sequence;
  /** Tokens of the prompt that are not committed yet; at least one. */
  readonly prompt: readonly number[];
  /** Draft that follows the prompt, verified in the same pass. */
  readonly opening: DraftTree;
  /** Whether streams run beside the last prompt row and the opening's rows. */
  readonly streams: boolean;
  readonly read: RowRead;
  readonly maxRows: number;
  readonly options: CallOptions;
}

export interface PrefillResult {
  /** Row of the last prompt token in the last pass; the opening's node i is row `lastPromptRow + 1 + i`. */
  readonly lastPromptRow: number;
  /** Results of the last prompt row and of the opening's rows, in that order. */
  readonly results: readonly RowResult[];
}

/**
 * Takes a prompt in: chunks of at most `maxRows` rows, all but the last committed at once. The last chunk's rows wait for
 * the caller's commit, since the opening's accepted path goes with them.
 */
export async function prefill(request: PrefillRequest): Promise<PrefillResult> {
  const { calls, sequence, prompt, opening, streams, read, maxRows, options } = request;
  const lastRows = Math.max(1, maxRows - opening.tokens.length);
  let start = 0;
  while (prompt.length - start > lastRows) {
    const end = Math.min(start + maxRows, prompt.length - 1);
    const rows = chain(prompt.slice(start, end));
    await calls.pass([{ sequence, rows }], options);
    await calls.commit([{ sequence, path: rows.map((_, row) => row) }]);
    start = end;
  }
  const rows = chain(prompt.slice(start));
  const lastPromptRow = rows.length - 1;
  rows[lastPromptRow] = { ...(rows[lastPromptRow] as PassRow), streams, read };
  opening.tokens.forEach((token, node) => {
    rows.push({ token, parent: lastPromptRow + 1 + (opening.parents[node] as number), streams, read });
  });
  const [result] = (await calls.pass([{ sequence, rows }], options)) as [PassResult];
  return { lastPromptRow, results: result.rows.slice(lastPromptRow) };
}

function chain(tokens: readonly number[]): PassRow[] {
  return tokens.map((token, index) => ({ token, parent: index === 0 ? COMMITTED : index - 1 }));
}
