import { kernelsAgree, type OnMemory } from "./kernels-agree.js";
import { type WasmModule, webAssembly } from "./web-assembly.js";

/** The first V8 whose vectors of 256 bits our tests have held against all of its kernels of 128: that of Node 24. */
const FIRST_V8 = 13.6;

/**
 * What makes V8 put two neighbouring operations of 128 bits into one of 256, where the processor has those (AVX2), and compile all of a
 * module at once: what is compiled later is compiled without it.
 */
const WIDE = ["--experimental-wasm-revectorize", "--no-liftoff", "--no-wasm-lazy-compilation"] as const;
const USUAL = ["--no-experimental-wasm-revectorize", "--liftoff", "--wasm-lazy-compilation"] as const;

/**
 * An empty section of our own: V8 keeps what it has compiled by its bytes, and these must not be those that it knows. Kernels are told of
 * it, see assembly/wide.ts.
 */
const MARK = [0x00, 0x05, 0x04, ...Array.from("wide", (letter) => letter.charCodeAt(0))];

type SetFlag = (flag: string) => void;

interface NodeProcess {
  readonly arch?: string;
  readonly versions?: { readonly node?: string; readonly v8?: string };
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: "node:v8"): { readonly setFlagsFromString: SetFlag };
}

/**
 * Compiles a module with vectors of 256 bits, of which WebAssembly has none: V8 makes them of pairs, as an experiment, in Node 24 and
 * newer. A flag of V8 is the whole process's, so it is set for the milliseconds of this one compilation.
 *
 * @returns undefined where the engine is another, or refuses; `ANABRANCH_WIDE=0` turns it off
 */
export function compileWide(bytes: Uint8Array): WasmModule | undefined {
  const setFlag = flagsOfV8();
  if (setFlag === undefined) return undefined;
  try {
    for (const flag of WIDE) setFlag(flag);
    return new webAssembly.Module(Uint8Array.from([...bytes, ...MARK]));
  } catch {
    return undefined;
  } finally {
    for (const flag of USUAL) setFlag(flag);
  }
}

function flagsOfV8(): SetFlag | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  const { node, v8 = "0" } = process?.versions ?? {};
  // Other processors' V8 has no such flag, and would complain of it.
  const able = node !== undefined && process?.arch === "x64" && Number.parseFloat(v8) >= FIRST_V8;
  if (!able || process.env?.ANABRANCH_WIDE === "0") return undefined;
  return process.getBuiltinModule?.("node:v8").setFlagsFromString;
}

/**
 * A module of the same kernels with vectors of 256 bits, if there is one and it gives the same results, as it must: it is an experiment of the
 * engine's.
 *
 * @param usual the module as the engine compiles it by itself
 * @param open instantiates either on a memory of its own
 */
export function wideModule(
  bytes: Uint8Array,
  usual: WasmModule,
  open: (module: WasmModule) => OnMemory,
): WasmModule | undefined {
  const wide = compileWide(bytes);
  return wide !== undefined && kernelsAgree(open(wide), open(usual)) ? wide : undefined;
}
