import { describeMachine } from "@anabranch/evaluation/node";

/** Decides what an 8-bit dot product costs in WebAssembly: V8 makes it one instruction where there is avx_vnni. */
const DECISIVE = ["avx2", "avx512_vnni", "avx_vnni"];

/** The machine in a line, with those of the processor's extensions that decide about speed, absent ones too. */
export async function machineLine(): Promise<string> {
  const { processor, cores, processorFlags, operatingSystem } = await describeMachine();
  const flags = processorFlags ?? [];
  const x86 = flags.includes("avx2")
    ? DECISIVE.filter((flag) => !flags.includes(flag)).map((flag) => `no ${flag}`)
    : [];
  const known = processorFlags === null ? ["flags unknown"] : [...flags, ...x86];
  return `${processor}, ${cores} cores, ${operatingSystem}; ${known.join(", ")}`;
}
