import { describe, expect, it } from "vitest";
import { VERSION } from "../../src/version.js";
import { runCli } from "../support/run-cli.js";

const COMMANDS = ["demo", "generate", "chat", "inspect", "train", "evaluate", "bench", "calibrate"];

describe("anabranch", () => {
  it.each(COMMANDS)("%s --help ends with examples of it", async (command) => {
    const { code, stdout, stderr } = await runCli([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: anabranch ${command} [options]`);
    const examples = stdout.slice(stdout.indexOf("\nExamples:\n")).trim().split("\n").slice(1);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(example).toMatch(new RegExp(`^  anabranch ${command}`));
  });

  it("lists its commands and exit codes, and its version", async () => {
    const help = await runCli(["--help"]);
    expect(help.code).toBe(0);
    for (const command of COMMANDS) expect(help.stdout).toContain(`\n  ${command} `);
    expect(help.stdout).toContain("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 ended by Ctrl-C.");
    expect(await runCli(["--version"])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
  });

  it.each([
    [["generate", "--nope", "x"], "unknown option '--nope'"],
    [["generate"], "missing required argument 'prompt'"],
    [["generate", "x", "--top-k", "1.5"], "It must be a whole number from 1 to 64."],
    [["train"], "required option '--out <folder>'"],
    [["nope"], "unknown command 'nope'"],
    [[], "Usage: anabranch"],
  ])("%j is wrong usage: exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});
