import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lossless } from "@anabranch/model-e2e";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { makeCommands } from "../src/cli/commands.js";
import { load } from "../src/index.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const readmes = ["../../README.md", "README.md"].map((file) => fileURLToPath(new URL(`../${file}`, import.meta.url)));
const commands = makeCommands();
const reason = existsSync(lossless.model) ? "" : " (skipped: the embedded models are not in this checkout)";

async function exampleOf(readme: string): Promise<string> {
  return /```js\n(.*?)```/s.exec(await readFile(readme, "utf8"))?.[1] ?? "";
}

/** Every line of a text that begins with the command's name. */
function commandLines(text: string): string[] {
  return text.match(/^ *anabranch [a-z].*$/gm) ?? [];
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
}

describe.each(readmes)("%s", (readme) => {
  it("shows five lines of library use", async () => {
    const lines = (await exampleOf(readme)).split("\n").filter((line) => line !== "");
    expect(lines).toHaveLength(5);
  });

  it.skipIf(reason !== "")(`shows library use that writes what plain decoding writes${reason}`, async () => {
    const example = await exampleOf(readme);
    const node = ["--conditions=anabranch-source", "--import", "tsx", "--input-type=module", "--eval", example];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, node, { cwd: root });
    expect(stderr).toBe("");
    const prompt = /generate\("(.*)"\)/.exec(example)?.[1] ?? "";
    const model = await load(lossless.model);
    let plain = "";
    for await (const { text } of model.generate(prompt)) plain += text;
    await model.dispose();
    expect(stdout).toBe(plain);
    expect(stdout).toMatch(/The Mill.*\.$/);
  });
});

it("commands that READMEs and helps show have the options that they show", async () => {
  const texts = [
    ...(await Promise.all(readmes.map((file) => readFile(file, "utf8")))),
    ...commands.flatMap((one) => [one, ...one.commands]).map(helpOf),
  ];
  const lines = texts.flatMap(commandLines);
  expect(lines.length).toBeGreaterThan(25);
  for (const line of lines) {
    const [, name, below] = line.trim().split(" ");
    const whole = commands.find((one) => one.name() === name);
    expect(whole, line).toBeDefined();
    const command = whole?.commands.find((one) => one.name() === below) ?? whole;
    const known = command?.options.flatMap(({ long }) => long ?? []) ?? [];
    for (const option of line.match(/--[a-z][a-z-]*/g) ?? []) expect([...known, "--help"], line).toContain(option);
  }
});
