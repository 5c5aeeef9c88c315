import { webAssembly } from "./web-assembly.js";

/** What this JavaScript engine's WebAssembly has. */
export interface WasmFeatures {
  /** 128-bit SIMD, which every kernel needs. */
  readonly simd: boolean;
  /** Relaxed SIMD, whose multiply-add is one rounding on all processors but old ones. */
  readonly fused: boolean;
  /** The 8-bit dot product of relaxed SIMD, with exact results for all bytes. */
  readonly relaxed: boolean;
  /** What is added to weights of -128..127, which are its second operand, so that they become what the machine takes it for. */
  readonly weightOffset: 0 | 128;
  /** Memory that threads can share. In a browser, only where the page is cross-origin isolated. */
  readonly threads: boolean;
}

/** Starts of every module: magic number, version. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** (func (result v128) i32.const 0 i8x16.splat) */
const SIMD = [
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // one function
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b],
];

/** (memory 1 1 shared) */
const SHARED_MEMORY = [0x05, 0x04, 0x01, 0x03, 0x01, 0x01];

/**
 * (func (export "dot") (param i32 i32) (result i32)
 *   local.get 0 i8x16.splat local.get 1 i8x16.splat i32.const 0 i32x4.splat
 *   i32x4.relaxed_dot_i8x16_i7x16_add_s i32x4.extract_lane 0)
 */
const RELAXED = [
  ...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f], // type: (i32, i32) -> i32
  ...[0x03, 0x02, 0x01, 0x00], // one function
  ...[0x07, 0x07, 0x01, 0x03, 0x64, 0x6f, 0x74, 0x00, 0x00], // export "dot"
  ...[0x0a, 0x16, 0x01, 0x14, 0x00], // code: one body of 20 bytes, no locals
  ...[0x20, 0x00, 0xfd, 0x0f, 0x20, 0x01, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x11],
  ...[0xfd, 0x93, 0x02, 0xfd, 0x1b, 0x00, 0x0b],
];

const moduleOf = (sections: readonly number[]): Uint8Array => new Uint8Array([...HEADER, ...sections]);

/** Asks the engine itself; its answer does not change while it runs. */
export function probeFeatures(): WasmFeatures {
  if (webAssembly === undefined) return { simd: false, fused: false, relaxed: false, weightOffset: 0, threads: false };
  const fused = webAssembly.validate(moduleOf(RELAXED));
  const offset = fused ? exactOffset() : undefined;
  return {
    simd: webAssembly.validate(moduleOf(SIMD)),
    fused,
    relaxed: offset !== undefined,
    weightOffset: offset ?? 0,
    threads: typeof SharedArrayBuffer === "function" && webAssembly.validate(moduleOf(SHARED_MEMORY)),
  };
}

/**
 * Relaxed instructions may differ between machines. This one is exact with unsigned bytes as the second operand (x86 with
 * VNNI), or with signed ones (ARM), or with neither (x86 before it sums pairs in 16 bits, which overflow first at the ends of
 * both ranges).
 */
function exactOffset(): 0 | 128 | undefined {
  const { exports } = new webAssembly.Instance(new webAssembly.Module(moduleOf(RELAXED)), {});
  const { dot } = exports as { dot: (activation: number, weight: number) => number };
  const isExact = (offset: number): boolean =>
    [-128, -127, -64, -1, 0, 1, 64, 127].every((activation) =>
      [-128, -127, -64, -1, 0, 1, 64, 126, 127].every(
        (weight) => dot(activation, weight + offset) === 4 * activation * (weight + offset),
      ),
    );
  if (isExact(128)) return 128;
  return isExact(0) ? 0 : undefined;
}
