import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import type { DecodeReport, DecodeTask } from "./report.js";

const home = fileURLToPath(new URL("../..", import.meta.url));

/** Inside the package, so that its dependencies are found; never in git. */
const bundles = join(home, "node_modules/.bench-decode");

/** Bundles the engines' programs, so that neither side pays for compiling TypeScript. */
export async function bundleEngines(): Promise<void> {
  await rm(bundles, { recursive: true, force: true });
  await build({
    entry: { ours: join(home, "bench/decode/ours.ts"), llama: join(home, "bench/decode/llama.ts") },
    outDir: bundles,
    format: ["esm"],
    target: "es2022",
    config: false,
    silent: true,
    clean: false,
    dts: false,
    noExternal: [/^@anabranch\//],
    external: ["onnxruntime-node", "node-llama-cpp"],
    outExtension: () => ({ js: ".mjs" }),
    esbuildOptions: (options) => {
      options.conditions = ["anabranch-source"];
      options.banner = {
        js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
      };
    },
  });
}

/** Runs one engine in a process of its own. */
export function runEngine(engine: "ours" | "llama", task: DecodeTask): Promise<DecodeReport> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(bundles, `${engine}.mjs`), JSON.stringify(task)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const line = text.trim().split("\n").at(-1) ?? "";
      if (code === 0 && line.startsWith("{")) resolve(JSON.parse(line) as DecodeReport);
      else reject(new Error(`${engine} ended with ${code}: ${text}`));
    });
  });
}
