import { readJsonLines } from "./read-json-lines.js";

/** A question about a data base, and the query that answers it. */
export interface SqlRow {
  readonly question: string;
  /** CREATE TABLE statements; of WikiSQL's tables only the columns that the query uses. */
  readonly context: string;
  /** The same with all known columns: harder. Absent in Spider, whose `context` has them all. */
  readonly contextTable?: string;
  readonly answer: string;
}

const cure = "Get the file again: one JSON object a line, with question, context, answer and perhaps context_table.";

/**
 * Reads a file of questions about data bases in the shape of sql-create-context: WikiSQL (Zhong, Xiong and Socher 2017, BSD-3)
 * or Spider (Yu and others 2018, CC BY-SA 4.0).
 *
 * @returns rows in file order; texts exactly as they stand in the file.
 * @throws IoError where the file cannot be read, InvalidFileError (naming file and line) where it is empty, corrupt, truncated or
 *   has other fields.
 */
export async function readSql(path: string): Promise<SqlRow[]> {
  return (await readJsonLines(path, cure)).map((line): SqlRow => {
    const row = { question: line.text("question"), context: line.text("context"), answer: line.text("answer") };
    return Object.hasOwn(line.value, "context_table") ? { ...row, contextTable: line.text("context_table") } : row;
  });
}
