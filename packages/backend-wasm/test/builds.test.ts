import { AnabranchError } from "@anabranch/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { compileWide } from "../src/compile-wide.js";
import { compileKernels, instantiateKernels, loadKernels, probeFeatures } from "../src/index.js";
import { webAssembly } from "../src/web-assembly.js";
import { kernelDigests } from "./digests/kernel-digests.js";
import { digestsIn, relaxedEngine } from "./digests/relaxed-engine.js";

describe("the builds of the kernels", () => {
  let plain: Record<string, string>;
  beforeAll(async () => {
    plain = await kernelDigests({ shared: false, relaxed: false });
  });

  it("give the same bits on shared memory", async () => {
    expect(await kernelDigests({ shared: true, relaxed: false })).toEqual(plain);
  });

  const engine = relaxedEngine();
  if (engine === undefined)
    console.log("skipped: relaxed SIMD against plain: no Node 24 for this platform is installed");
  it.skipIf(engine === undefined)(
    "give the same bits with relaxed SIMD and vectors of 256 bits, on plain and on shared memory",
    () => {
      const all = { relaxed: plain, relaxedShared: plain, wide: plain, wideShared: plain };
      expect(digestsIn(engine as string)).toEqual({ ...all, has: { relaxed: true, wide: true } });
    },
  );

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

  it.skipIf(probeFeatures().relaxed)("refuse relaxed SIMD where the engine has none", async () => {
    const memory = new webAssembly.Memory({ initial: 1, maximum: 1 });
    const error = await loadKernels({ memory, relaxed: true }).catch((thrown: unknown) => thrown);
    expect(AnabranchError.isInstance(error, "UNSUPPORTED")).toBe(true);
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
