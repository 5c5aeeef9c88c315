import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { absent, sharedPath } from "../../../test/support/shared.js";
import { temporaryFolder } from "../../../test/support/temporary-folder.js";
import { findTask } from "../find-task.js";
import type { Split } from "../task.js";
import { sameQuestion } from "./sql.js";

const row = (question: string) => ({
  question,
  context: "CREATE TABLE t (a VARCHAR)",
  context_table: "CREATE TABLE t (a VARCHAR, b VARCHAR)",
  answer: 'SELECT a FROM t WHERE a = "x"',
});

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, "sql"));
  const splits = { train: ["One?", "Two?", "Three?", "four"], dev: ["two?", "Five?"], test: ["THREE", "Six?"] };
  for (const [split, questions] of Object.entries(splits)) {
    const lines = questions.map((question) => JSON.stringify(row(question)));
    await writeFile(join(folder, "sql", `${split}.jsonl`), lines.join("\n"));
  }
});

describe("the tasks of SQL", () => {
  it("give tables and question, and leave questions of dev and test out of train", async () => {
    const examples = await findTask("sql").read(folder, "train");
    expect(examples.map(({ prompt }) => prompt.split("\n")[1])).toEqual(["One?", "four"]);
    expect(examples[0]).toEqual({
      prompt: "CREATE TABLE t (a VARCHAR)\nOne?",
      references: ['SELECT a FROM t WHERE a = "x"'],
      schema: "CREATE TABLE t (a VARCHAR)",
    });
    const [harder] = await findTask("sql-table").read(folder, "test");
    expect(harder).toMatchObject({
      prompt: "CREATE TABLE t (a VARCHAR, b VARCHAR)\nTHREE",
      schema: "CREATE TABLE t (a VARCHAR, b VARCHAR)",
    });
    const mixed = await findTask("sql-mixed").read(folder, "train");
    expect(mixed.map(({ prompt }) => prompt)).toEqual([
      "CREATE TABLE t (a VARCHAR)\nOne?",
      "CREATE TABLE t (a VARCHAR, b VARCHAR)\nfour",
    ]);
  });

  it("score by words and by what queries find; a wrong query counts as wrong", async () => {
    const task = findTask("sql-table");
    const examples = await task.read(folder, "dev");
    const right = 'SELECT a FROM t WHERE a = "x"';
    expect(await task.score?.([right, "select a from t where 'x' = a"], examples)).toEqual({
      exactMatch: 50,
      executionMatch: 100,
      executionJudged: 2,
    });
    expect(await task.score?.(["SELECT b FROM t", ""], examples)).toMatchObject({ exactMatch: 0, executionMatch: 0 });
  });

  it("make up no prompts", () => {
    expect(findTask("sql").invent([], 0, 1)).toEqual([]);
    expect(() => findTask("sql").invent([], 1, 1)).toThrow("cannot be made up");
  });
});

const data = sharedPath("data");

describe.skipIf(absent(data) !== "")(`the SQL files${absent(data)}`, () => {
  it("share 37 questions, of which none is trained on", async () => {
    const task = findTask("sql");
    const [train, dev, test] = await Promise.all(
      (["train", "dev", "test"] as const).map((split: Split) => task.read(data, split)),
    );
    // Of 56,348; 40 rows ask what dev or test ask too.
    expect(train).toHaveLength(56_308);
    const questions = (examples: typeof dev = []) =>
      new Set(examples.map(({ prompt }) => sameQuestion(prompt.slice(prompt.indexOf("\n") + 1))));
    const known = questions(train);
    for (const question of [...questions(dev), ...questions(test)]) expect(known.has(question)).toBe(false);
  });
});

describe.skipIf(absent(data) !== "")(`MT-Bench${absent(data)}`, () => {
  it("is for measuring only", async () => {
    const task = findTask("mtbench");
    await expect(task.read(data, "train")).rejects.toMatchObject({ code: "UNSUPPORTED", subject: "mtbench" });
    const examples = await task.read(data, "test");
    expect(examples).toHaveLength(80);
    expect(examples[0]?.prompt).toMatch(/^Compose an engaging travel blog post/);
  });
});
