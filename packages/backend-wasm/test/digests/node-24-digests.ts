import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import { probeFeatures } from "../../src/index.js";
import type { NodeDigests } from "./print-digests.js";

/** What `print-digests.ts` prints in this Node, if it has relaxed SIMD, or in Node 24; undefined where that is not installed. */
export function digestsOfNode24(): NodeDigests | undefined {
  const engine = probeFeatures().fused ? process.execPath : findNode24();
  if (engine === undefined) return undefined;
  const script = fileURLToPath(new URL("./print-digests.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=anabranch-source", script];
  return JSON.parse(execFileSync(engine, args, { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } }));
}
