import { readFile } from "node:fs/promises";
import os from "node:os";
import type { MachineDescription } from "./evaluation-report.js";

/** x86's and ARM's integer dot products and wide vectors, by the names that Linux gives them. */
const flagsOfInterest = ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm", "sve"];

/** Describes the machine that this process runs on. */
export async function describeMachine(): Promise<MachineDescription> {
  // Only Linux has the file.
  const cpuinfo = await readFile("/proc/cpuinfo", "utf8").catch(() => undefined);
  return {
    processor: os.cpus()[0]?.model.trim() || "unknown",
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    processorFlags: cpuinfo === undefined ? null : processorFlags(cpuinfo),
    operatingSystem: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
  };
}

/** The flags of interest that the text of /proc/cpuinfo lists; null where it lists no flags at all. */
export function processorFlags(cpuinfo: string): string[] | null {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1];
  if (line === undefined) return null;
  const flags = new Set(line.trim().split(/\s+/));
  return flagsOfInterest.filter((flag) => flags.has(flag));
}
