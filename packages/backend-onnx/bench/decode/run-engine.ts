import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { type Engine, engineNames } from "./engines.js";
import type { DecodeReport, DecodeTask } from "./report.js";

const home = fileURLToPath(new URL("../..", import.meta.url));

/** Inside the package, so that its dependencies are found; never in git. */
const bundles = join(home, "node_modules/.bench-decode");

/** Bundles the engines' programs, so that no side pays for compiling TypeScript. */
export async function bundleEngines(): Promise<void> {
  await rm(bundles, { recursive: true, force: true });
  await build({
    entry: Object.fromEntries(engineNames.map((engine) => [engine, join(home, `bench/decode/${engine}.ts`)])),
    outDir: bundles,
    format: ["esm"],
    target: "es2022",
    config: false,
    silent: true,
    clean: false,
    dts: false,
    splitting: false,
    noExternal: [/^@anabranch\//],
    external: ["onnxruntime-node", "node-llama-cpp", "@huggingface/transformers"],
    outExtension: () => ({ js: ".mjs" }),
    esbuildOptions: (options) => {
      options.conditions = ["anabranch-source"];
      options.banner = {
        js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
      };
    },
  });
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
