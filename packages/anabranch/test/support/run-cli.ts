import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

export interface CliResult {
  /** Exit code; null for a process that a signal ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Hears of every line of standard output as it comes. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

const root = resolve(import.meta.dirname, "../..");
const node = ["--import", "tsx", "--conditions=anabranch-source"];

/** What starts the command line from source. */
export function cliCommand(args: readonly string[]): [command: string, args: string[]] {
  return [process.execPath, [...node, resolve(root, "src/cli.ts"), ...args]];
}

/** Runs the command line from source, in an environment that says nothing about colours but what a test says. */
export function runCli(args: readonly string[], { env = {}, onLine }: CliOptions = {}): Promise<CliResult> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(...cliCommand(args), {
    cwd: root,
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => (stderr += piece));
  if (onLine !== undefined) createInterface({ input: child.stdout }).on("line", (line) => onLine(line, child));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}
