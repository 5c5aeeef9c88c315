import { AnabranchError } from "@anabranch/core";
import { CommanderError } from "commander";
import { errorColours } from "./colours.js";

/** Exit codes beside 0, done: failed, wrong usage, ended by Ctrl-C. */
const EXIT = { failed: 1, usage: 2, aborted: 130 } as const;

/** Says what went wrong on standard error, with its code, and tells the process how to exit. */
export function report(error: unknown, json: boolean): void {
  if (error instanceof CommanderError) {
    // It has said so already; help and version come this way too.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
    return;
  }
  process.exitCode = AnabranchError.isInstance(error, "ABORTED") ? EXIT.aborted : EXIT.failed;
  process.stderr.write(`${json ? JSON.stringify({ error: fields(error) }) : readable(error)}\n`);
}

function fields(error: unknown) {
  if (!AnabranchError.isInstance(error)) return { code: "INTERNAL", message: String(error) };
  const { code, message, subject } = error;
  return { code, message, ...(subject === undefined ? {} : { subject }) };
}

function readable(error: unknown): string {
  if (!AnabranchError.isInstance(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${errorColours.red("INTERNAL")} ${text}`;
  }
  const cause = error.cause instanceof Error && error.code !== "ABORTED" ? `\n  ${error.cause.message}` : "";
  return `${errorColours.red(error.code)} ${error.message}${cause}`;
}
