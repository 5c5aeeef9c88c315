import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../backend-wasm/bench/passes.bench.ts", import.meta.url));

/** `pnpm bench passes`, in a process of its own. @throws Error when it fails */
export function runPasses(threads: string, rowPrecision: string, quick: boolean): void {
  console.log();
  if (!existsSync(program)) {
    console.log("skipped: there is no benchmark of passes");
    return;
  }
  const args = [`--threads=${threads}`, `--rows=${rowPrecision}`, ...(quick ? ["--runs=10", "--rounds=1"] : [])];
  const node = ["--import", "tsx", "--conditions=anabranch-source", "--expose-gc", program, ...args];
  const { status } = spawnSync(process.execPath, node, { stdio: "inherit" });
  if (status !== 0) throw new Error(`The benchmark of passes ended with ${status}.`);
}
