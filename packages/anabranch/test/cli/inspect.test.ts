import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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
});
