import { testBackend } from "@anabranch/conformance";
import { createOnnxBackend } from "../src/index.js";

// Rows stay float32 against 8-bit weights: what rounding them costs is held in backend-int8.test.ts.
await testBackend("onnx", async () => createOnnxBackend({ threads: 1, rowPrecision: "float32" }));
