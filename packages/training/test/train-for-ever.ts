/** What kill.test.ts starts and kills: trains a tiny model, keeping its state at every step. The argument is the folder. */
import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { train } from "../src/index.js";
import { checkpointFolder } from "../src/node.js";
import { countingExamples, tinyAdapter, tinyWeights } from "./tiny-model.js";

await train({
  runtime: createOnnxRuntime({ threads: 1 }),
  mode: "shared",
  weights: tinyWeights(),
  adapter: tinyAdapter("shared"),
  examples: countingExamples(20),
  heldOut: countingExamples(2, 2),
  settings: { steps: 1_000_000, batchRows: 60, heldOutEvery: 1, checkpointEvery: 1 },
  checkpoint: checkpointFolder(process.argv[2] as string),
  resume: true,
  onProgress: ({ step }) => process.stdout.write(`${step}\n`),
});
