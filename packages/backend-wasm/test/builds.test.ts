import { AnabranchError } from "@anabranch/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { compileWide } from "../src/compile-wide.js";
import { compileKernels, instantiateKernels, loadKernels, probeFeatures } from "../src/index.js";
import { webAssembly } from "../src/web-assembly.js";
import { FLOATS, FLOATS_IN_GROUPS, kernelDigests } from "./digests/kernel-digests.js";
import { digestsOfNode24 } from "./digests/node-24-digests.js";
import type { NodeDigests } from "./digests/print-digests.js";

describe("the builds of the kernels", () => {
  let plain: Record<string, string>;
  beforeAll(async () => {
    plain = await kernelDigests({ shared: false, build: "plain" });
  });

  it("give the same bits on shared memory", async () => {
    expect(await kernelDigests({ shared: true, build: "plain" })).toEqual(plain);
  });

  const newer = digestsOfNode24();
  if (newer === undefined) console.log("skipped: Node 24's builds: none for this platform is installed");
  else if (!newer.has.relaxed) console.log("skipped: relaxed SIMD: its dot product is not exact on this processor");
  it.skipIf(newer === undefined)("give the same bits in Node 24, relaxed ones and those of 256 bits too", () => {
    const { builds, has } = newer as NodeDigests;
    expect(has).toMatchObject({ fused: true, wide: true });
    expect(Object.keys(builds)).toContain(has.relaxed ? "relaxed, wide, shared" : "fused, wide, shared");
    const fused = (builds.fused as Record<string, string>)[FLOATS];
    for (const [name, digests] of Object.entries(builds)) {
      const floats = name.startsWith("plain") ? plain[FLOATS] : fused;
      expect(digests, name).toEqual({ ...plain, [FLOATS]: floats, [FLOATS_IN_GROUPS]: floats });
    }
  });

  it("work on the memory they were compiled for, and say so of another", async () => {
    const module = await compileKernels({ shared: true });
    const memory = new webAssembly.Memory({ initial: 1, maximum: 2 });
    const error = (() => {
      try {
        return instantiateKernels(module, memory);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(AnabranchError.isInstance(error, "INVALID_ARGUMENT")).toBe(true);
  });

  it.skipIf(probeFeatures().fused)("refuse relaxed SIMD where the engine has none", async () => {
    const memory = new webAssembly.Memory({ initial: 1, maximum: 1 });
    for (const build of ["fused", "relaxed"] as const) {
      const error = await loadKernels({ memory, build }).catch((thrown: unknown) => thrown);
      expect(AnabranchError.isInstance(error, "UNSUPPORTED")).toBe(true);
    }
  });

  it("leave V8's flags alone where it is told so", () => {
    vi.stubEnv("ANABRANCH_WIDE", "0");
    const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
    expect(compileWide(empty)).toBeUndefined();
    vi.unstubAllEnvs();
  });

  it("find SIMD and threads, which every Node has", () => {
    expect(probeFeatures()).toMatchObject({ simd: true, threads: true });
  });
});
