/** Prints the digests of all builds that this Node has, with vectors of 128 bits and of 256. */
import { fileURLToPath } from "node:url";
import { compileWide } from "../../src/compile-wide.js";
import { probeFeatures } from "../../src/index.js";
import { kernelDigests } from "./kernel-digests.js";

export interface NodeDigests {
  /** By build. */
  readonly builds: Readonly<Record<string, Record<string, string>>>;
  /** Whether there is relaxed SIMD, whether its dot product is exact on this processor, and whether V8 makes vectors of 256 bits. */
  readonly has: { readonly fused: boolean; readonly relaxed: boolean; readonly wide: boolean };
}

async function digests(): Promise<NodeDigests> {
  const { fused, relaxed } = probeFeatures();
  const builds: Record<string, Record<string, string>> = {};
  for (const build of [
    "plain",
    ...(fused ? ["fused" as const] : []),
    ...(relaxed ? ["relaxed" as const] : []),
  ] as const) {
    for (const wide of [false, true]) {
      for (const shared of [false, true]) {
        const name = [build, ...(wide ? ["wide"] : []), ...(shared ? ["shared"] : [])].join(", ");
        builds[name] = await kernelDigests({ shared, build, wide });
      }
    }
  }
  const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  return { builds, has: { fused, relaxed, wide: compileWide(empty) !== undefined } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await digests()));
