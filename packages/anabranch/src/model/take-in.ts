import { type BackendModel, COMMITTED, type RowRead, type RowResult, type Sequence } from "@anabranch/core";

/**
 * Commits a text behind what a sequence holds, in passes of as many rows as the model takes prompts in best.
 *
 * @param read what is wanted of each row
 * @returns results of the rows
 */
export async function takeIn(
  model: BackendModel,
  sequence: Sequence,
  tokens: readonly number[],
  read: RowRead = {},
): Promise<RowResult[]> {
  const { maxRows, promptRows = maxRows } = model.capabilities;
  const results: RowResult[] = [];
  while (results.length < tokens.length) {
    const rows = tokens.slice(results.length, results.length + promptRows).map((token, row) => {
      return { token, parent: row === 0 ? COMMITTED : row - 1, read };
    });
    const [result] = await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
    results.push(...(result?.rows ?? []));
  }
  return results;
}
