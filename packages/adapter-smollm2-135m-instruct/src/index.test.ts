import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAdapter, loadModel } from "@anabranch/checkpoints";
import { describe, expect, it } from "vitest";
import { adapter } from "./index.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = fileURLToPath(adapter);
const base = join(root, "../../../shared/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
const without = existsSync(base) ? "" : " (skipped: the base model is not there)";

describe("the adapter", () => {
  it("has lossless streams with a Markov head and a draft vocabulary", async () => {
    const { adapter: streams } = await loadAdapter(folder);
    expect(streams.streams).toMatchObject({ mode: "lossless", gamma: 5, msaLayers: 4, markov: { kind: "rnn" } });
    expect(streams.draftVocabulary?.length).toBeGreaterThan(4096);
    expect(streams.baseFingerprint).toMatch(/^[0-9a-f]{64}$/);
    for (const { data } of streams.tensors.values()) expect(data.every(Number.isFinite)).toBe(true);
  });

  it("is two files of 6 MB at most", async () => {
    const files = await readdir(folder);
    expect(files.sort()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(6e6);
  });

  it.skipIf(without !== "")(`belongs to SmolLM2-135M-Instruct and to no other${without}`, async () => {
    const { weights } = await loadModel(base);
    await expect(loadAdapter(folder, { base: weights })).resolves.toBeDefined();
    const wrong = { ...weights, spec: { ...weights.spec, rope: { theta: 10_000 } } };
    await expect(loadAdapter(folder, { base: wrong })).rejects.toMatchObject({ code: "WRONG_BASE_MODEL" });
  });

  it("has a model card with data, licences, command and seed", async () => {
    const card = await readFile(join(root, "README.md"), "utf8");
    for (const part of [/GSM8K/, /GPTeacher/, /Self-Instruct/, /MIT/, /Apache-2\.0/, /anabranch train/, /seed/i]) {
      expect(card).toMatch(part);
    }
  });
});
