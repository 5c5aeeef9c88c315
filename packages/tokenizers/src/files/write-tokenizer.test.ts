import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { byteLevelTokenizer } from "../../test/small-tokenizers.js";
import { loadTokenizerFolder, writeTokenizer } from "../index.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-tokenizer-"));
  await writeTokenizer(join(folder, "tokenizer.json"), byteLevelTokenizer);
  await writeTokenizer(join(folder, "tokenizer_config.json"), { bos_token: "<bos>", eos_token: "<eos>" });
});

afterEach(() => rm(folder, { recursive: true }));

async function errorOf(work: Promise<unknown>): Promise<AnabranchError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!AnabranchError.isInstance(error)) throw new Error("no typed error", { cause: error });
  return error;
}

describe("a tokenizer that we wrote", () => {
  it("loads again from its folder, which holds no temporary files", async () => {
    const tokenizer = await loadTokenizerFolder(folder);
    expect([tokenizer.bosToken, tokenizer.eosToken]).toEqual([0, 1]);
    expect(tokenizer.decode(tokenizer.encode("Café"))).toBe("Café");
    const names = ["tokenizer.json", "tokenizer.json.sha256", "tokenizer_config.json", "tokenizer_config.json.sha256"];
    expect((await readdir(folder)).sort()).toEqual(names);
  });

  it("is refused when any byte of it, its configuration or their checksums is another", async () => {
    const files = await Promise.all(
      (await readdir(folder)).map(async (name) => ({
        path: join(folder, name),
        bytes: await readFile(join(folder, name)),
      })),
    );
    const flip = fc.record({
      file: fc.constantFrom(...files),
      place: fc.nat(),
      bits: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(flip, async ({ file, place, bits }) => {
        const flipped = Uint8Array.from(file.bytes);
        const at = place % flipped.length;
        flipped[at] = (flipped[at] as number) ^ bits;
        await writeFile(file.path, flipped);
        try {
          expect(["CHECKSUM_MISMATCH", "INVALID_FILE"]).toContain((await errorOf(loadTokenizerFolder(folder))).code);
        } finally {
          await writeFile(file.path, file.bytes);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is refused when its end is missing", async () => {
    const path = join(folder, "tokenizer.json");
    await writeFile(path, (await readFile(path)).subarray(0, 400));
    expect((await errorOf(loadTokenizerFolder(folder))).code).toBe("CHECKSUM_MISMATCH");
  });
});

describe("files that are not there", () => {
  it("are IoErrors that name the path", async () => {
    const error = await errorOf(loadTokenizerFolder(join(folder, "nowhere")));
    expect([error.code, error.subject]).toEqual(["IO", join(folder, "nowhere", "tokenizer.json")]);
    const unwritable = join(folder, "nowhere", "tokenizer.json");
    expect((await errorOf(writeTokenizer(unwritable, byteLevelTokenizer))).code).toBe("IO");
  });
});
