import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMtBench } from "./read-mt-bench.js";
import { readSql } from "./read-sql.js";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-jsonl-"));
  path = join(folder, "data.jsonl");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function thrownBy(read: (path: string) => Promise<unknown>, content: string | Uint8Array): Promise<unknown> {
  await writeFile(path, content);
  return read(path).catch((thrown: unknown) => thrown);
}

const row = { question: "Who?", context: "CREATE TABLE t (a VARCHAR)", answer: "SELECT a FROM t" };
const talk = { question_id: 81, category: "writing", turns: ["Write.", "Again."] };
const asLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Any bytes changed or cut off: nothing but rows or typed errors. */
async function survives(read: (path: string) => Promise<unknown>, content: string): Promise<void> {
  const good = Buffer.from(content);
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length));
  await fc.assert(
    fc.asyncProperty(change, async ([at, value, length]) => {
      const bytes = Uint8Array.from(good.subarray(0, length));
      if (at < length) bytes[at] = value;
      const outcome = await thrownBy(read, bytes);
      expect(Array.isArray(outcome) || AnabranchError.isInstance(outcome, "INVALID_FILE")).toBe(true);
    }),
    { numRuns: 200 },
  );
}

describe("readSql", () => {
  it("returns any texts as they were written, and context_table where it is there", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((value) => value.trim() !== "");
    const rows = fc.array(fc.record({ question: text, context: text, answer: text, contextTable: fc.option(text) }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const lines = written.map(({ contextTable, ...rest }) =>
          asLine(contextTable === null ? rest : { ...rest, context_table: contextTable, table_id: "1-2" }),
        );
        await writeFile(path, lines.join("\n"));
        const expected = written.map(({ contextTable, ...rest }) =>
          contextTable === null ? rest : { ...rest, contextTable },
        );
        expect(await readSql(path)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["an empty file", "", ":1: the file is empty"],
    ["a broken line", `${asLine(row)}{"question"`, ":2: not JSON"],
    ["a list", `${asLine(row)}\n[1]`, ":3: not a JSON object"],
    ["a missing answer", asLine(row) + asLine({ ...row, answer: undefined }), ':2: "answer" is no text'],
    ["an empty question", asLine({ ...row, question: " " }), ':1: "question" is empty'],
    ["a number for a context", asLine({ ...row, context: 1 }), ':1: "context" is no text'],
    ["a context_table of null", asLine({ ...row, context_table: null }), ':1: "context_table" is no text'],
    ["bytes that are not UTF-8", Uint8Array.from([...Buffer.from(asLine(row)), 0xff]), ":2: not UTF-8"],
  ])("names file and line of %s", async (_, content, place) => {
    const error = await thrownBy(readSql, content);
    expect(AnabranchError.isInstance(error, "INVALID_FILE")).toBe(true);
    expect((error as AnabranchError).message).toContain(`data.jsonl${place}`);
    expect((error as AnabranchError).subject).toBe(path);
  });

  it("reports a file that is not there as IO", async () => {
    await expect(readSql(join(folder, "none.jsonl"))).rejects.toMatchObject({ code: "IO" });
  });

  it("throws nothing but typed errors, whatever the bytes", () => survives(readSql, asLine(row) + asLine(row)));
});

describe("readMtBench", () => {
  it("reads turns", async () => {
    expect(await thrownBy(readMtBench, asLine(talk))).toEqual([
      { id: 81, category: "writing", turns: ["Write.", "Again."] },
    ]);
  });

  it.each([
    ["no turns", { ...talk, turns: [] }, '"turns" is no list of texts'],
    ["a turn that is no text", { ...talk, turns: [1] }, '"turns" is no list of texts'],
    ["no number", { ...talk, question_id: "81" }, '"question_id" is no whole number'],
  ])("names file and line of %s", async (_, value, what) => {
    const error = await thrownBy(readMtBench, asLine(talk) + asLine(value));
    expect((error as AnabranchError).message).toContain(`data.jsonl:2: ${what}`);
  });

  it("throws nothing but typed errors, whatever the bytes", () => survives(readMtBench, asLine(talk)));
});

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const data = join(process.env.ANABRANCH_SHARED ?? join(root, "../shared"), "data");

describe.skipIf(!existsSync(data))("the files (skipped where ../shared/data is absent)", () => {
  it.each([
    ["train", 56_348, true],
    ["dev", 8412, true],
    ["test", 5000, true],
    ["spider_train", 8450, false],
  ])("sql/%s has %i rows", async (name, count, tables) => {
    const rows = await readSql(join(data, "sql", `${name}.jsonl`));
    expect(rows).toHaveLength(count);
    expect(rows.every(({ contextTable }) => (contextTable !== undefined) === tables)).toBe(true);
  });

  it("mtbench has 80 conversations of two turns", async () => {
    const questions = await readMtBench(join(data, "mtbench", "question.jsonl"));
    expect(questions.map(({ turns }) => turns.length)).toEqual(Array.from({ length: 80 }, () => 2));
  });
});
