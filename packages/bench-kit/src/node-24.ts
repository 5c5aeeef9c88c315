import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The binary of Node 24, whose V8 has relaxed SIMD, if it was installed: the package `node` has it as an optional dependency
 * (pnpm-workspace.yaml).
 */
export function findNode24(): string | undefined {
  try {
    const ofNode = createRequire(createRequire(import.meta.url).resolve("node/package.json"));
    const platform = `node-${process.platform}-${process.arch}`;
    const binary = join(ofNode.resolve(`${platform}/package.json`), "..", "bin", "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
