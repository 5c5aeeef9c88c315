import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAdapter, loadModel } from "@anabranch/checkpoints";
import { loadTokenizerFolder } from "@anabranch/tokenizers";
import { describe, expect, it } from "vitest";
import * as exported from "./index.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const models = Object.entries<exported.EmbeddedModel>({ ...exported });
const folders = [
  ...new Set(models.flatMap(([, { model, adapter }]) => [fileURLToPath(model), fileURLToPath(adapter)])),
];

const modelFiles = [
  "config.json",
  "model.safetensors",
  ...["tokenizer.json", "tokenizer.json.sha256", "tokenizer_config.json", "tokenizer_config.json.sha256"],
];
const adapterFiles = ["adapter_config.json", "adapter_model.safetensors"];

it("package.json publishes the folders that are exported, and no other", async () => {
  const { files } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { files: string[] };
  const top = new Set(folders.map((folder) => relative(root, folder).split("/")[0]));
  expect(files.filter((file) => file !== "dist" && file !== "README.md").sort()).toEqual([...top].sort());
});

const reason = existsSync(join(root, "base")) ? "" : " (skipped: the models are not in this checkout)";

describe.skipIf(reason !== "")(`the models${reason}`, () => {
  it.each(models)("%s loads, and is what it says", async (_, { model, adapter, mode, gamma }) => {
    const folder = fileURLToPath(model);
    const { weights: base, config, warnings } = await loadModel(folder);
    const { adapter: streams, opening } = await loadAdapter(fileURLToPath(adapter), { base });
    const tokenizer = await loadTokenizerFolder(folder);
    expect(warnings).toEqual([]);
    expect(streams.streams).toMatchObject({ mode, gamma });
    expect(opening).toBeDefined();
    expect(tokenizer.vocabularySize).toBe(base.spec.vocabularySize);
    expect(config.eosTokenIds).toEqual([tokenizer.eosToken]);
    expect([...base.tensors.values()].some(({ format }) => format === "int8-block")).toBe(true);
  });

  it("are those files and no others, 20 MB at most", async () => {
    let bytes = 0;
    for (const folder of new Set(folders.map((path) => join(root, relative(root, path).split("/")[0] ?? "")))) {
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const file of files.filter((entry) => entry.isFile())) {
        expect([...modelFiles, ...adapterFiles]).toContain(file.name);
        bytes += (await stat(join(file.parentPath, file.name))).size;
      }
    }
    for (const [, { model, adapter }] of models) {
      expect(await readdir(fileURLToPath(model))).toEqual(expect.arrayContaining(modelFiles));
      expect(await readdir(fileURLToPath(adapter))).toEqual(expect.arrayContaining(adapterFiles));
    }
    expect(bytes).toBeLessThanOrEqual(20e6);
  });

  it("have a model card with data, licence, attribution, command and seed", async () => {
    const card = await readFile(join(root, "README.md"), "utf8");
    for (const part of [/E2E/, /CC BY-SA 4\.0/, /Novikova/, /anabranch train/, /seed/i]) expect(card).toMatch(part);
  });
});
