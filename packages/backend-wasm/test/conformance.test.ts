import { testBackend } from "@anabranch/conformance";
import { createWasmBackend } from "../src/index.js";

// Rows of 14 bits, against a reference that rounds none. What 8 bits cost a real model is held in anabranch's smollm2-reference.test.ts.
const options = { int8Tolerance: 1e-2 };
const rowPrecision = "int14";
await testBackend(
  "WebAssembly, one thread",
  async () => createWasmBackend({ threads: 1, rowPrecision }),
  undefined,
  options,
);
await testBackend(
  "WebAssembly, three threads",
  async () => createWasmBackend({ threads: 3, rowPrecision }),
  undefined,
  { ...options, runs: 4 },
);
