import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AnabranchError, createReferenceBackend } from "@anabranch/core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

interface SavedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

let model: string;
let adapter: string;
let files: readonly SavedFile[];
beforeAll(async () => {
  const folder = await temporaryFolder();
  [model, adapter] = [join(folder, "model"), join(folder, "adapter")];
  const opening = { children: [{ token: 5, probability: 0.5, children: [] }] };
  await saveTinyAdapter(adapter, await saveTinyModel(model), "lossless", opening);
  const paths = await Promise.all(
    [model, adapter].map(async (one) => (await readdir(one)).map((file) => join(one, file))),
  );
  files = await Promise.all(paths.flat().map(async (path) => ({ path, bytes: await readFile(path) })));
});

/** Loads with a file as `bytes`, which is put right again. */
async function loadWith({ path, bytes: right }: SavedFile, bytes: Uint8Array): Promise<unknown> {
  await writeFile(path, bytes);
  try {
    const loaded = await load(model, { adapter, backend: createReferenceBackend() });
    await loaded.dispose();
    return "loaded";
  } catch (error) {
    return error;
  } finally {
    await writeFile(path, right);
  }
}

describe("our own files", () => {
  it("load as they were written", async () => {
    expect(files.length).toBe(8);
    const [file] = files as [SavedFile];
    expect(await loadWith(file, file.bytes)).toBe("loaded");
  });

  it("are refused with a typed error when a byte of any of them is another, or an end is missing", async () => {
    const damage = fc.record({
      // Indices, because the files are not known yet when fast-check begins.
      file: fc.nat(),
      place: fc.nat(),
      bits: fc.integer({ min: 1, max: 255 }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, place, bits, cut }) => {
        const chosen = files[file % files.length] as SavedFile;
        const at = place % chosen.bytes.length;
        const bytes = Uint8Array.from(cut ? chosen.bytes.subarray(0, at) : chosen.bytes);
        if (!cut) bytes[at] = (bytes[at] as number) ^ bits;
        const outcome = await loadWith(chosen, bytes);
        if (!AnabranchError.isInstance(outcome)) throw new Error(`${chosen.path}: no typed error`, { cause: outcome });
      }),
      { numRuns: 500 },
    );
  });
});
