import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReferenceBackend } from "@anabranch/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoadOptions, load } from "../src/index.js";
import { absent, sharedPath } from "./support/shared.js";
import { saveTinyModel } from "./support/tiny-model.js";

const fixtures = sharedPath("fixtures", "families");
const reason = absent(fixtures);
const families = existsSync(fixtures) ? readdirSync(fixtures) : ["none"];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-families-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The fixture's files with a tokenizer beside them, which it has not: texts here are token ids. */
async function withTokenizer(family: string): Promise<string> {
  await saveTinyModel(folder);
  for (const file of ["config.json", "model.safetensors"]) {
    await rm(join(folder, file));
    await symlink(join(fixtures, family, file), join(folder, file));
  }
  return folder;
}

describe.skipIf(reason !== "")(`families, loaded as any model is${reason}`, () => {
  it.each(families)("%s goes on with the tokens of transformers", async (family) => {
    const path = await withTokenizer(family);
    const { ids, prompt, greedy } = JSON.parse(readFileSync(join(fixtures, family, "case.json"), "utf8"));
    const choices: LoadOptions[] = [
      { backend: "onnx", threads: 1 },
      { backend: "wasm", threads: 1, weights: "float32" },
      { backend: createReferenceBackend() },
    ];
    for (const options of choices) {
      const model = await load(path, options);
      const tokens: number[] = [];
      for await (const { token } of model.generate(ids.slice(0, prompt), { maxTokens: greedy.length })) {
        if (token !== undefined) tokens.push(token);
      }
      await model.dispose();
      expect(tokens, model.backendName).toEqual(greedy);
    }
  });
});
