/** `pnpm bench NAME [arguments]` runs packages/x/bench/NAME.bench.ts from source; without a name it lists them. */
import { chosenProgram } from "./programs.mjs";
import { run } from "./workspace.mjs";

const program = await chosenProgram("bench", "benchmark");
if (program !== undefined) process.exitCode = (await run(process.execPath, program)).code;
