import { AnabranchError } from "@anabranch/core";
import pc from "picocolors";

/** Exit codes: 0 done, 1 failed, 2 wrong usage (commander's own), 130 ended by Ctrl-C. */
export const EXIT = { failed: 1, aborted: 130 } as const;

/** Says what went wrong on standard error, with the code, and tells the process how to exit. */
export function report(error: unknown, json: boolean): void {
  const aborted = AnabranchError.isInstance(error, "ABORTED");
  process.exitCode = aborted ? EXIT.aborted : EXIT.failed;
  if (json && AnabranchError.isInstance(error)) {
    process.stderr.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`);
  } else if (AnabranchError.isInstance(error)) {
    process.stderr.write(`${pc.red(error.code)} ${error.message}\n`);
  } else {
    process.stderr.write(`${pc.red("INTERNAL")} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
