/**
 * `pnpm soak NAME [arguments]` runs packages/x/soak/NAME.soak.ts from source; without a name it lists them. A soak says now and then
 * that it is at work, and last that it is done; one that falls silent, or does not end by itself, is ended, and that is a failure.
 */
import { chosenProgram } from "./programs.mjs";
import { run } from "./workspace.mjs";

/** Milliseconds in which something must follow: another message, or, after "done", the end of the process. */
const PATIENCE = { "at work": 120_000, done: 10_000 };

const program = await chosenProgram("soak", "soak");
if (program !== undefined) {
  const watchdog = new AbortController();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @param {unknown} message */
  const wait = (message) => {
    const said = message === "done" ? message : "at work";
    clearTimeout(timer);
    timer = setTimeout(() => {
      const failure =
        said === "done" ? "The soak is done, but does not end by itself" : "Nothing was heard of the soak";
      console.error(`${failure} for ${PATIENCE[said] / 1000} seconds: it is ended.`);
      watchdog.abort();
    }, PATIENCE[said]);
  };
  wait("at work");
  const { code } = await run(process.execPath, program, { signal: watchdog.signal, onMessage: wait });
  clearTimeout(timer);
  process.exitCode = watchdog.signal.aborted ? 1 : code;
}
