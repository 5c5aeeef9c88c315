import type { EvaluationReport } from "../src/index.js";
import { measureAcceptance, summarize } from "../src/index.js";

const acceptance = measureAcceptance([
  {
    prefill: { emitted: 1 },
    passes: [
      { emitted: 4, drafted: 9, depth: 3, accepted: 3 },
      { emitted: 3, drafted: 9, depth: 3, accepted: 2 },
    ],
  },
]);

/** A whole report of made-up figures. */
export const report: EvaluationReport = {
  reportVersion: 1,
  version: "0.0.0",
  examples: 1,
  ...acceptance,
  tokensPerSecond: 420,
  plain: { tokensPerSecond: 200, tokensPerSecondWithoutStreams: 230 },
  speedup: 2.1,
  timing: {
    rounds: 2,
    tokensPerSecond: summarize([400, 440]),
    plainTokensPerSecond: summarize([190, 210]),
    speedup: summarize([2, 2.2]),
  },
  differingSequences: 1,
  nearTies: [{ sequence: 0, position: 5, plain: 17, other: 20, gap: 0.0002 }],
  rouge1: 66.25,
  rougeLsum: 48.5,
  model: "small",
  adapter: "small-shared",
  backend: "onnx",
  machine: {
    processor: "Some CPU",
    cores: 2,
    memoryBytes: 2 ** 33,
    processorFlags: ["avx2"],
    operatingSystem: "Linux 6 x64",
    node: "20.20.0",
  },
  settings: {
    task: "e2e",
    split: "test",
    mode: "shared",
    gamma: 3,
    topK: 3,
    streams: "parallel",
    drafter: "streams",
    limit: null,
    rougeStemmer: true,
  },
};
