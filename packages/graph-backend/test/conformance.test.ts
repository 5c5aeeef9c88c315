import { testBackend } from "@anabranch/conformance";
import { referenceRuntime } from "@anabranch/core";
import { createGraphBackend } from "../src/index.js";

// The logic alone, on arithmetic that is right; committed rows are float32 there too, so its bits depend on what shares a pass.
await testBackend(
  "graphs on the reference interpreter",
  async () => {
    const weightFormats = ["f32", "int8-block"] as const;
    return createGraphBackend({ name: "graph-reference", runtime: referenceRuntime, weightFormats });
  },
  undefined,
  { runs: 4 },
);
