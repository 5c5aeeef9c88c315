import { describe, expect, it } from "vitest";
import { describeMachine, processorFlags } from "./machine.js";

describe("processorFlags", () => {
  it("finds whole flags, on x86 and on ARM", () => {
    const x86 =
      "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse2 avx avx2 avx512vl avx_vnni\nbugs\t\t: none\n";
    expect(processorFlags(x86)).toEqual(["avx2", "avx_vnni"]);
    expect(processorFlags("processor\t: 0\nFeatures\t: fp asimd asimddp sve i8mm\n")).toEqual([
      "asimddp",
      "i8mm",
      "sve",
    ]);
    expect(processorFlags("flags\t\t: fpu\n")).toEqual([]);
  });

  it("says that it does not know where no flags are listed", () => {
    expect(processorFlags("processor\t: 0\n")).toBeNull();
    expect(processorFlags("")).toBeNull();
  });
});

describe("describeMachine", () => {
  it("describes this machine", async () => {
    const machine = await describeMachine();
    expect(machine.cores).toBeGreaterThanOrEqual(1);
    expect(machine.memoryBytes).toBeGreaterThan(2 ** 26);
    expect(machine.processor).not.toBe("");
    expect(`v${machine.node}`).toBe(process.version);
    expect(machine.operatingSystem).toContain(process.arch);
    if (process.platform !== "linux") expect(machine.processorFlags).toBeNull();
  });
});
