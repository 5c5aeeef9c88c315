import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@anabranch/bench-kit/bundle";
import { benchCache } from "@anabranch/bench-kit/smollm2";
import { type Engine, engineNames } from "./engines.js";
import type { DecodeReport, DecodeTask } from "./report.js";

const home = fileURLToPath(new URL("../..", import.meta.url));

const bundles = join(benchCache, "decode-programs");

/** Bundles the engines' programs, so that no side pays for compiling TypeScript. */
export async function bundleEngines(): Promise<void> {
  const entries = engineNames.map((engine) => [engine, join(home, `bench/decode/${engine}.ts`)]);
  await bundle({ entries: Object.fromEntries(entries), folder: bundles, platform: "node" });
}

/** Runs one engine in a process of its own. @throws Error with what it wrote to its standard error, where it fails */
export function runEngine(engine: Engine, task: DecodeTask): Promise<DecodeReport> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(bundles, `${engine}.mjs`), JSON.stringify(task)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [text, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const line = text.trim().split("\n").at(-1) ?? "";
      if (code === 0 && line.startsWith("{")) resolve(JSON.parse(line) as DecodeReport);
      else reject(new Error(`${engine} ended with ${code}: ${text}${errors}`));
    });
  });
}
