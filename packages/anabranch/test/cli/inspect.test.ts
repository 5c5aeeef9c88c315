import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type NewGgufTensor, openGguf, writeGguf } from "@anabranch/checkpoints";
import { beforeAll, describe, expect, it } from "vitest";
import type { ModelReport } from "../../src/index.js";
import { writeChatTemplate } from "../support/chat-template.js";
import { runCli } from "../support/run-cli.js";
import { absent, sharedPath } from "../support/shared.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { saveTinyModel } from "../support/tiny-model.js";

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = join(folder, "model");
  await saveTinyModel(model);
  await writeChatTemplate(model);
});

async function inspected(place: string): Promise<ModelReport> {
  const { code, stdout, stderr } = await runCli(["inspect", place, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as ModelReport;
}

const gguf = sharedPath("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");

describe("anabranch inspect", () => {
  it("tells what a folder holds and that it runs", async () => {
    const report = await inspected(model);
    expect(report).toMatchObject({ kind: "safetensors", family: "llama", context: 128, runs: true, obstacles: [] });
    expect(report.formats).toEqual([{ format: "F32", tensors: 21, bytes: 4 * report.parameters }]);
    expect(report.specialTokens).toEqual({ bos: "<|facts|>", ends: ["<|end|>"] });
    expect(report.chatTemplate).toEqual({ renders: true, example: "<|facts|>user:Hello!<|text|><|facts|>A:" });
    const { code, stdout } = await runCli(["inspect", model]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/runs here +yes/);
  });

  it("tells why a model does not run, in the words of the error", async () => {
    const strange = join(folder, "strange");
    await saveTinyModel(strange);
    const config = JSON.parse(await readFile(join(model, "config.json"), "utf8")) as Record<string, unknown>;
    const { anabranch: _, ...plain } = config;
    await writeFile(join(strange, "config.json"), JSON.stringify({ ...plain, model_type: "mamba" }));
    const report = await inspected(strange);
    expect(report).toMatchObject({ family: "mamba", runs: false });
    expect(report.obstacles[0]).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("mamba") });
    const { code, stdout } = await runCli(["inspect", strange]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/runs here +no\n {2}UNSUPPORTED /);
  });

  const phi3 = sharedPath("fixtures", "families", "phi3");
  it.skipIf(absent(phi3) !== "")(`tells what of a model is not offered${absent(phi3)}`, async () => {
    const bounded = join(folder, "bounded");
    await saveTinyModel(bounded);
    const config = JSON.parse(await readFile(join(phi3, "config.json"), "utf8")) as Record<string, unknown>;
    const rope = { rope_type: "longrope", rope_theta: 10_000, short_factor: Array(8).fill(1.1) };
    const scaled = { ...config, original_max_position_embeddings: 32, rope_parameters: rope };
    await writeFile(join(bounded, "config.json"), JSON.stringify(scaled));
    await copyFile(join(phi3, "model.safetensors"), join(bounded, "model.safetensors"));
    const report = await inspected(bounded);
    expect(report).toMatchObject({ family: "phi3", context: 32, runs: true });
    expect(report.warnings).toEqual([expect.stringMatching(/short_factor.* 32 positions.*not at 128/)]);
    expect((await runCli(["inspect", bounded])).stdout).toContain(report.warnings[0]);
    const { code, stderr } = await runCli(["generate", "--model", bounded, "--max-tokens", "1", "a"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(report.warnings[0] as string)]);
  });

  it("fails where there is nothing to look at", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    const nothing = await runCli(["inspect", empty]);
    expect([nothing.code, nothing.stdout]).toEqual([1, ""]);
    expect(nothing.stderr).toMatch(/^IO /);
    const { code, stderr } = await runCli(["inspect", join(folder, "no.gguf"), "--json"]);
    expect([code, (JSON.parse(stderr) as { error: { code: string } }).error.code]).toEqual([1, "IO"]);
  });

  it.skipIf(absent(gguf) !== "")(`tells what a GGUF file holds${absent(gguf)}`, async () => {
    const report = await inspected(gguf);
    expect(report).toMatchObject({
      kind: "gguf",
      family: "llama",
      parameters: 134_515_008,
      context: 8192,
      vocabulary: 49_152,
      specialTokens: { bos: "<|im_start|>", ends: ["<|im_end|>"] },
      chatTemplate: { renders: true, example: expect.stringContaining("<|im_start|>user\nHello!<|im_end|>") },
      runs: true,
    });
    expect(report.formats.map(({ format, tensors }) => [format, tensors])).toEqual([
      ["Q4_1", 210],
      ["Q8_0", 1],
      ["F32", 61],
    ]);
  });

  it.skipIf(absent(gguf) !== "")(`tells of a model in parts what it tells of the whole${absent(gguf)}`, async () => {
    const [parts, first] = [join(folder, "parts"), join(folder, "parts", "m-00001-of-00002.gguf")];
    await mkdir(parts);
    const file = await openGguf(gguf);
    const tensors = [...file.tensors.values()];
    for (const [no, own] of [tensors.slice(0, 100), tensors.slice(100)].entries()) {
      const keys = { "split.no": no, "split.count": 2, "split.tensors.count": tensors.length };
      const metadata = new Map([...(no === 0 ? file.metadata : []), ...Object.entries(keys)]);
      const types = Object.keys(keys).map((key) => [key, "u32"] as const);
      const metadataTypes = new Map([...(no === 0 ? file.metadataTypes : []), ...types]);
      const written: NewGgufTensor[] = [];
      for (const { name, type, shape } of own) {
        written.push({ name, type, shape, bytes: await file.readBytes(name) });
      }
      await writeGguf(join(parts, `m-0000${no + 1}-of-00002.gguf`), { metadata, metadataTypes }, written);
    }
    await file.close();
    const { path: _, ...whole } = await inspected(gguf);
    expect(await inspected(first)).toEqual({ path: first, ...whole });
    expect(await inspected(parts)).toEqual({ path: first, ...whole });
    await rm(join(parts, "m-00002-of-00002.gguf"));
    const { code, stderr } = await runCli(["inspect", first]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^IO .*m-00002-of-00002\.gguf/);
  });
});
