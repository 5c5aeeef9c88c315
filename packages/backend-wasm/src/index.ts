export { type AttendCall, attendCallBytes, type KeySource, writeAttendCall } from "./attend-call.js";
export type { ActivationBits, ActivationCode, Kernels } from "./kernels.js";
export { ACTIVATION_CODES, TILE_ROWS } from "./kernels.js";
export { compileKernels, instantiateKernels, type KernelBuild, type KernelKind, loadKernels } from "./load-kernels.js";
export { probeFeatures, type WasmFeatures } from "./probe-features.js";
export type { RowPrecision } from "./runtime/row-precision.js";
export { createWasmBackend, type WasmBackendOptions } from "./wasm-backend.js";
export type { WasmMemory, WasmModule } from "./web-assembly.js";
