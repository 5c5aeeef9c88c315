import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { load } from "../../src/index.js";
import { cliCommand, runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { saveTinyFamily, saveTinyModel } from "../support/tiny-model.js";

const escapeCharacter = String.fromCharCode(27);
const prompt = "name[The Mill]";

let family: Awaited<ReturnType<typeof saveTinyFamily>>;
let folder: string;
let model: string[];
let expected: { text: string; tokens: number[] };
beforeAll(async () => {
  folder = await temporaryFolder();
  family = await saveTinyFamily(folder);
  model = ["--model", family.model, "--adapter", family.lossless, "--threads", "1"];
  const loaded = await load(family.model, { threads: 1 });
  expected = { text: "", tokens: [] };
  for await (const { text, token } of loaded.generate(prompt, { maxTokens: 12 })) {
    expected.text += text;
    if (token !== undefined) expected.tokens.push(token);
  }
  await loaded.dispose();
});

describe("anabranch generate", () => {
  it("writes the text alone to a pipe, without colour, and the totals beside it", async () => {
    for (const env of [{ CI: "1" }, { NO_COLOR: "1" }]) {
      const result = await runCli(["generate", prompt, "--max-tokens", "12", ...model], { env });
      expect(result.code).toBe(0);
      expect(result.stdout).toBe(`${expected.text}\n`);
      expect(result.stderr).toMatch(/^12 tokens in \d+ passes, [\d.]+ ms\n$/);
      expect(result.stdout + result.stderr).not.toContain(escapeCharacter);
    }
  });

  it("writes a JSON object a token, then the totals", async () => {
    const { code, stdout, stderr } = await runCli(["generate", prompt, "--max-tokens", "12", "--json", ...model]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const totals = lines.pop();
    expect(totals).toEqual({
      tokens: 12,
      passes: expect.any(Number),
      milliseconds: expect.any(Number),
      finish: "max-tokens",
    });
    expect(lines.map(({ text }) => text).join("")).toBe(expected.text);
    expect(lines.flatMap(({ token }) => token ?? [])).toEqual(expected.tokens);
    expect(lines[0]).toMatchObject({ fromDraft: false, pass: 0, milliseconds: expect.any(Number) });
  });

  it("draws the same text again for a seed, with streams and without, and others for others", async () => {
    const sampling = ["--temperature", "0.9", "--sample-top-k", "50", "--top-p", "0.95", "--min-p", "0.01"];
    const drawn = async (...flags: string[]) => {
      const flagged = ["generate", prompt, "--max-tokens", "12", ...sampling, ...flags, ...model];
      const { code, stdout } = await runCli(flagged);
      expect(code).toBe(0);
      return stdout;
    };
    const loaded = await load(family.model, { threads: 1 });
    const settings = { temperature: 0.9, topK: 50, topP: 0.95, minP: 0.01, repetitionPenalty: 1.2, seed: 3 };
    const text = await loaded.generate(prompt, { maxTokens: 12, sampling: settings }).text();
    await loaded.dispose();
    const penalised = ["--repetition-penalty", "1.2"];
    expect(await drawn("--seed", "3", ...penalised)).toBe(`${text}\n`);
    expect(await drawn("--seed", "3", ...penalised, "--drafter", "none")).toBe(`${text}\n`);
    expect(await drawn("--seed", "4", ...penalised, "--typical")).not.toBe(`${text}\n`);
  });

  it("refuses settings of sampling that make no sense", async () => {
    const refused = await runCli(["generate", prompt, "--temperature", "-1", ...model]);
    expect([refused.code, refused.stdout.trim()]).toEqual([1, ""]);
    expect(refused.stderr).toMatch(/^INVALID_ARGUMENT sampling.temperature is -1/);
    const wrong = await runCli(["generate", prompt, "--top-p", "much", ...model]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("It must be a number.");
  });

  it("decodes plainly without an adapter, and on the reference backend", async () => {
    const plain = ["generate", prompt, "--max-tokens", "12", "--model", family.model];
    expect((await runCli([...plain, "--backend", "reference"])).stdout).toBe(`${expected.text}\n`);
  });

  it("says what is wrong with its code, as JSON too, and exits with 1", async () => {
    const nowhere = await runCli(["generate", prompt, "--model", join(folder, "nowhere")]);
    expect([nowhere.code, nowhere.stdout]).toEqual([1, ""]);
    expect(nowhere.stderr).toMatch(/^IO .*nowhere/);
    const other = join(folder, "other");
    await saveTinyModel(other, 2);
    const wrong = await runCli(["generate", prompt, "--model", other, "--adapter", family.lossless, "--json"]);
    expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
    expect(JSON.parse(wrong.stderr)).toMatchObject({
      error: { code: "WRONG_BASE_MODEL", message: expect.any(String) },
    });
  });

  it("refuses a γ that the adapter or the embedded models do not have", async () => {
    const shared = ["generate", prompt, "--model", family.model, "--adapter", family.shared];
    expect((await runCli([...shared, "--gamma", "2"])).stderr).toMatch(/^INVALID_ARGUMENT .*γ = 3 streams, not 2/);
    const embedded = await runCli(["generate", prompt, "--mode", "shared", "--gamma", "16"]);
    expect([embedded.code, embedded.stdout]).toEqual([1, ""]);
    expect(embedded.stderr).toMatch(/^INVALID_ARGUMENT .*γ = 16/);
  });

  it("ends with 130 soon after Ctrl-C, on a backend that keeps the thread too", async () => {
    const model = join(folder, "long");
    await saveTinyModel(model, 1, 8192);
    for (const backend of ["onnx", "reference"]) {
      // It would take minutes.
      const long = ["generate", "x", "--max-tokens", "8000", "--json", "--model", model, "--backend", backend];
      let lines = 0;
      const { code, stdout, stderr } = await runCli(long, {
        onLine: (_, child) => void (++lines === 2 && child.kill("SIGINT")),
      });
      expect(code).toBe(130);
      expect(stdout).not.toContain('"passes"');
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: "ABORTED" } });
    }
  });

  it("ends quietly when its reader leaves", async () => {
    const [command, args] = cliCommand(["generate", prompt, "--max-tokens", "100", "--json", ...model]);
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (piece) => (stderr += piece));
    child.stdout.once("data", () => child.stdout.destroy());
    const [code] = await once(child, "close");
    expect([code, stderr]).toEqual([0, ""]);
  });
});
