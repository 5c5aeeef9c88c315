import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupByMeaning } from "./e2e.js";
import { readE2e } from "./read-e2e.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-e2e-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array) {
  const path = join(folder, "data.csv");
  await writeFile(path, content);
  return readE2e(path);
}

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

describe("readE2e", () => {
  it("reads quoted and bare fields, commas, quotes and line breaks", async () => {
    const rows = await read('mr,ref\r\n"name[A], food[B]","He said ""good"",\nthen left."\r\nname[C],bare\r\n');
    expect(rows).toEqual([
      { meaning: "name[A], food[B]", reference: 'He said "good",\nthen left.' },
      { meaning: "name[C]", reference: "bare" },
    ]);
  });

  it("returns any text as it was written", async () => {
    const field = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== "");
    const rows = fc.array(fc.record({ meaning: field, reference: field }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom("\n", "\r\n"), async (written, end) => {
        const lines = written.map((row) => `${quoted(row.meaning)},${quoted(row.reference)}`);
        expect(await read(["mr,ref", ...lines].join(end))).toEqual(written);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["an empty file", "", ":1: the file is empty"],
    ["another header", "text,label\na,b\n", ':1: expected the header "mr,ref", found "text,label"'],
    ["a header alone", "mr,ref\n", ":2: no rows"],
    ["an unclosed quote", 'mr,ref\na,b\n"c,d\n', ":3: Quote Not Closed"],
    ["a missing column", "mr,ref\na,b\nc\n", ":3: Invalid Record Length"],
    ["an empty reference", "mr,ref\na,b\nc,\n", ':3: column "ref" is empty'],
    ["a stray quote", 'mr,ref\na,b"c\n', ":2: Invalid Opening Quote"],
    ["bytes that are not UTF-8", Uint8Array.from([...Buffer.from("mr,ref\na,b\n"), 0xff, 0x2c, 0x61]), ":3: not UTF-8"],
    ["an ONNX file", Uint8Array.from([8, 9, 18, 7, 112, 121]), ":1: expected the header"],
  ])("names file and line of %s", async (_, content, place) => {
    const error = await read(content).catch((thrown: unknown) => thrown);
    expect(AnabranchError.isInstance(error, "INVALID_FILE")).toBe(true);
    expect((error as AnabranchError).message).toContain(`data.csv${place}`);
    expect((error as AnabranchError).subject).toBe(join(folder, "data.csv"));
  });

  it("reports a file that is not there as IO", async () => {
    await expect(readE2e(join(folder, "none.csv"))).rejects.toMatchObject({ code: "IO" });
  });

  it("throws nothing but typed errors, whatever the bytes", async () => {
    const good = Buffer.from('mr,ref\r\n"name[A], food[B]","It is ""A"".\nYes."\r\nname[C],bare\r\n');
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length));
    await fc.assert(
      fc.asyncProperty(change, async ([at, value, length]) => {
        const bytes = Uint8Array.from(good.subarray(0, length));
        if (at < length) bytes[at] = value;
        const outcome = await read(bytes).catch((thrown: unknown) => thrown);
        expect(Array.isArray(outcome) || AnabranchError.isInstance(outcome, "INVALID_FILE")).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const e2e = join(process.env.ANABRANCH_SHARED ?? join(root, "../shared"), "data/e2e");

describe.skipIf(!existsSync(e2e))("the E2E files (skipped where ../shared/data/e2e is absent)", () => {
  it.each([
    ["train", 42_061, 4862],
    ["dev", 4672, 547],
    ["test", 2588, 339],
  ])("%s has %i rows of %i meanings", async (split, rows, meanings) => {
    const read = await readE2e(join(e2e, `${split}.csv`));
    expect(read).toHaveLength(rows);
    expect(groupByMeaning(read)).toHaveLength(meanings);
  });
});
