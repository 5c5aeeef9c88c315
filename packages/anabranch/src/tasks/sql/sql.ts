import { join } from "node:path";
import type { SqlRow } from "@anabranch/evaluation/node";
import { DEFAULT_SQL_SEEDS, openSqlJudge, readSql, sqlOverSet } from "@anabranch/evaluation/node";
import { inventNothing } from "../invent-nothing.js";
import type { Split, Task, TaskExample } from "../task.js";

/**
 * Text to SQL on WikiSQL: a question and tables in, a query out. Zhong, Xiong and Socher (2017); BSD-3.
 *
 * - sql: of a table only the columns that the right query uses, as the paper's data set sql-create-context has it;
 * - sql-table: all columns that are known. Harder;
 * - sql-mixed: each of the two for every other question, to learn both from.
 */
export const sqlTasks: readonly Task[] = [
  sqlTask("sql", ({ context }) => context),
  sqlTask("sql-table", ({ context, contextTable = context }) => contextTable),
  sqlTask("sql-mixed", ({ context, contextTable = context }, index) => (index % 2 === 0 ? context : contextTable)),
];

function sqlTask(name: string, schemaOf: (row: SqlRow, index: number) => string): Task {
  return {
    name,
    system: "Answer with one SQL query.",
    paperTask: "SqlContext",
    scoring: { executionSeeds: DEFAULT_SQL_SEEDS.length },
    invent: inventNothing(name),
    async read(folder, split) {
      const rows = await readSql(fileOf(folder, split));
      const known = split === "train" ? await heldOutQuestions(folder) : new Set<string>();
      return rows
        .filter(({ question }) => !known.has(sameQuestion(question)))
        .map((row, index): TaskExample => {
          const schema = schemaOf(row, index);
          return { prompt: `${schema}\n${row.question.trim()}`, references: [row.answer], schema };
        });
    },
    async score(answers, examples) {
      const judge = await openSqlJudge();
      const judged = examples.map(({ schema = "", references }, index) => ({
        prediction: answers[index] ?? "",
        context: schema,
        query: references[0] ?? "",
      }));
      return sqlOverSet(judge, judged);
    },
  };
}

const fileOf = (folder: string, split: Split): string => join(folder, "sql", `${split}.jsonl`);

/** Questions of dev and test: some stand in the training file too, and must not be learned. */
async function heldOutQuestions(folder: string): Promise<Set<string>> {
  const rows = await Promise.all((["dev", "test"] as const).map((split) => readSql(fileOf(folder, split))));
  return new Set(rows.flat().map(({ question }) => sameQuestion(question)));
}

/** Questions that differ in nothing but case, white space and marks are the same. */
export function sameQuestion(question: string): string {
  return question.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
