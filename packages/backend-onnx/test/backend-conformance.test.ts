import { testBackend } from "@anabranch/conformance";
import { referenceRuntime } from "@anabranch/core";
import { createGraphBackend, createOnnxBackend } from "../src/index.js";

await testBackend("graphs on the reference interpreter", async () =>
  createGraphBackend({
    name: "graph-reference",
    runtime: referenceRuntime,
    weightFormats: ["f32", "int8-block"],
    rowIndependent: true,
  }),
);

// By default rows are rounded to 8 bits where they meet 8-bit weights: about 1e-2 of the largest logit.
await testBackend("onnx", async () => createOnnxBackend({ threads: 1 }), undefined, { int8Tolerance: 5e-2 });

await testBackend(
  "onnx, rows in float32 against 8-bit weights",
  async () => createOnnxBackend({ threads: 1, exactInt8: true }),
  undefined,
  { runs: 3 },
);
