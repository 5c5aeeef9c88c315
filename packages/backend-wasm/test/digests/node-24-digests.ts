import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import type { NodeDigests } from "./print-digests.js";

/** What `print-digests.ts` prints in Node 24, whose WebAssembly has more than Node 20's; undefined where it is not installed. */
export function digestsOfNode24(): NodeDigests | undefined {
  const engine = findNode24();
  if (engine === undefined) return undefined;
  const script = fileURLToPath(new URL("./print-digests.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=anabranch-source", script];
  return JSON.parse(execFileSync(engine, args, { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } }));
}
