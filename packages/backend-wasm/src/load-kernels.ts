import { InvalidArgumentError, UnsupportedError } from "@anabranch/core";
import { wideModule } from "./compile-wide.js";
import { gzipped, kinds, PIECE } from "./generated/kernel-bytes.js";
import type { Kernels } from "./kernels.js";
import type { OnMemory } from "./kernels-agree.js";
import { probeFeatures } from "./probe-features.js";
import { type WasmMemory, type WasmModule, webAssembly } from "./web-assembly.js";

/**
 * plain: what every engine has; fused: with relaxed SIMD, whose multiply-add rounds once where the processor can, in products of float32
 * weights; relaxed: with its 8-bit dot product too.
 */
export type KernelBuild = keyof typeof kinds;

export interface KernelKind {
  /** The last of them that the engine has, when absent. */
  readonly build?: KernelBuild;
  /** For memory that threads share. */
  readonly shared: boolean;
  /** False: without vectors of 256 bits, even where this engine can be made to use them (Node 24); they give the same bits. */
  readonly wide?: boolean;
}

/** Milliseconds that a thread sleeps before it looks whether another has failed. */
export const NAP = 1000;

/** Bit 1 of the flags of a memory's limits: it is shared. */
const SHARED_FLAG = 0b10;

/**
 * Compiles the kernels, to be instantiated here and, since a module can be sent, in workers.
 *
 * @throws UnsupportedError when the engine lacks SIMD, or what was asked for
 */
export async function compileKernels({ shared, build, wide }: KernelKind): Promise<WasmModule> {
  const { simd, threads, fused, relaxed } = probeFeatures();
  require(simd, "128-bit SIMD");
  if (shared) require(threads, "shared memory");
  if (build === "fused") require(fused, "relaxed SIMD");
  if (build === "relaxed") require(relaxed, "the exact 8-bit dot product of relaxed SIMD");
  const kind = build ?? (relaxed ? "relaxed" : fused ? "fused" : "plain");
  const { memoryFlagsAt } = kinds[kind];
  const bytes = unwoven(await gunzip(gzipped), kind);
  if (shared) bytes[memoryFlagsAt] = (bytes[memoryFlagsAt] as number) | SHARED_FLAG;
  const usual = await webAssembly.compile(bytes);
  if (wide === false) return usual;
  const open = (module: WasmModule): OnMemory => {
    const memory = new webAssembly.Memory({ initial: 2, maximum: 2, shared });
    return { memory, kernels: instantiateKernels(module, memory) };
  };
  return wideModule(bytes, usual, open) ?? usual;
}

/**
 * Kernels that work on a memory.
 *
 * @param memory shared if the module was compiled for shared memory, and only then; with a maximum
 * @throws InvalidArgumentError when the memory does not fit the module
 */
export function instantiateKernels(module: WasmModule, memory: WasmMemory): Kernels {
  try {
    const { weightOffset } = probeFeatures();
    const wide = webAssembly.Module.customSections(module, "wide").length;
    const env = { memory, weightOffset, wide, sleep: sleepOn(memory) };
    return new webAssembly.Instance(module, { env }).exports as Kernels;
  } catch (cause) {
    throw new InvalidArgumentError("The kernels cannot use this memory.", {
      subject: "memory",
      cure: "Give one with a maximum, and shared if and only if the kernels were compiled for shared memory.",
      cause,
    });
  }
}

/** The kernels' import: see assembly/meet.ts. Where threads meet, the first view of a memory shows. */
function sleepOn({ buffer }: WasmMemory): (address: number, value: number) => void {
  const words = new Int32Array(buffer);
  return (address, value) => {
    Atomics.wait(words, address / 4, value, NAP);
  };
}

/**
 * Compiles the kernels that fit a memory and this engine, and instantiates them on it.
 *
 * @param memory made with a maximum
 * @param kind build: all give the same results, but for the last bits of products of float32 weights, which the plain one does not fuse;
 *   wide: false for one without vectors of 256 bits, which is slower
 * @throws UnsupportedError when the engine lacks SIMD, or what the build needs
 * @throws InvalidArgumentError for a memory without a maximum
 */
export async function loadKernels({ memory, ...kind }: KernelsOn): Promise<Kernels> {
  const shared = typeof SharedArrayBuffer === "function" && memory.buffer instanceof SharedArrayBuffer;
  return instantiateKernels(await compileKernels({ ...kind, shared }), memory);
}

interface KernelsOn extends Omit<KernelKind, "shared"> {
  readonly memory: WasmMemory;
}

function require(has: boolean, feature: string): void {
  if (has) return;
  throw new UnsupportedError(`This engine's WebAssembly has no ${feature}.`, {
    subject: feature,
    cure: "Use a newer browser or Node, or another backend.",
  });
}

/** One kind's bytes out of all of them, whose pieces take turns. */
function unwoven(woven: Uint8Array, wanted: keyof typeof kinds): Uint8Array {
  const result = new Uint8Array(kinds[wanted].bytes);
  for (let at = 0, start = 0; at < woven.length; start += PIECE) {
    for (const [kind, { bytes }] of Object.entries(kinds)) {
      const length = Math.max(0, Math.min(PIECE, bytes - start));
      if (kind === wanted && length > 0) result.set(woven.subarray(at, at + length), start);
      at += length;
    }
  }
  return result;
}

async function gunzip(base64: string): Promise<Uint8Array> {
  const gzipped = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([gzipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
