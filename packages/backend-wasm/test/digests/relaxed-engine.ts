import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import { probeFeatures } from "../../src/index.js";

/** A Node with relaxed SIMD: this one, or Node 24 where it is installed. */
export function relaxedEngine(): string | undefined {
  return probeFeatures().relaxed ? process.execPath : findNode24();
}

/** What `relaxed-digests.ts` prints in that Node. */
export function digestsIn(engine: string): unknown {
  const script = fileURLToPath(new URL("./relaxed-digests.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=anabranch-source", script];
  return JSON.parse(execFileSync(engine, args, { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } }));
}
