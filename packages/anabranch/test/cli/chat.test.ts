import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { load } from "../../src/index.js";
import { writeChatTemplate } from "../support/chat-template.js";
import { cliCommand, runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { saveTinyModel } from "../support/tiny-model.js";

const settings = ["--max-tokens", "10", "--threads", "1"];
const questions = ["name[The Mill]", "What else?"];

let model: string;
/** Each question's answer. */
let answers: string[];
beforeAll(async () => {
  model = join(await temporaryFolder(), "model");
  await saveTinyModel(model, 3, 512);
  await writeChatTemplate(model);
  const loaded = await load(model, { threads: 1 });
  const chat = loaded.chat({ system: "Be brief." });
  answers = [];
  for (const question of questions) answers.push(await chat.send(question, { maxTokens: 10 }).text());
  await loaded.dispose();
});

async function chatted(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [command, all] = cliCommand(["chat", "--model", model, "--system", "Be brief.", ...settings, ...args]);
  const child = spawn(command, all, { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => (stderr += piece));
  child.stdin.end(`${questions.join("\n")}\n`);
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}

describe("anabranch chat", () => {
  it("answers line by line, with the history", async () => {
    expect(await chatted([])).toEqual({ code: 0, stdout: answers.map((text) => `${text}\n`).join(""), stderr: "" });
  });

  it("tells as JSON what was kept, and what is kept without a cache", async () => {
    for (const args of [["--json"], ["--json", "--no-cache"]]) {
      const { code, stdout } = await chatted(args);
      expect(code).toBe(0);
      const turns = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { text: string; prompt: { kept: number }; finish: string });
      expect(turns.map(({ text }) => text)).toEqual(answers);
      expect(turns[0]).toMatchObject({ finish: "max-tokens", firstTokenMilliseconds: expect.any(Number) });
      expect((turns[1]?.prompt.kept ?? 0) > 0).toBe(!args.includes("--no-cache"));
    }
  });
});

describe("anabranch generate, asked a question", () => {
  it("answers in the chat template, and ends at stop strings", async () => {
    const [question = "", [answer = ""]] = [questions[0], answers];
    const asked = ["generate", question, "--model", model, "--system", "Be brief.", ...settings];
    expect((await runCli(asked)).stdout).toBe(`${answer}\n`);
    const stop = answer.slice(2, 5);
    const stopped = await runCli([...asked, "--json", "--stop", "never", "--stop", stop]);
    const lines = stopped.stdout.trim().split("\n");
    const pieces = lines.slice(0, -1).map((line) => (JSON.parse(line) as { text: string }).text);
    expect(pieces.join("")).toBe(answer.slice(0, answer.indexOf(stop)));
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ finish: "stop-string" });
  });

  it("fails where the model has no template", async () => {
    const { code, stderr } = await runCli(["generate", "x", "--chat", "--backend", "reference"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^UNSUPPORTED .*chat template/);
  });
});
