/** Runs the conformance suite in a worker, and says of each case how it went. */
import { createWasmBackend } from "@anabranch/backend-wasm";
import { conformanceCases } from "@anabranch/conformance";

self.onmessage = async ({ data: { threads, runs } }: MessageEvent<{ threads: number; runs: number }>) => {
  const backend = createWasmBackend({ threads, rowPrecision: "int14" });
  for (const { name, run } of conformanceCases({ int8Tolerance: 1e-2, runs })) {
    const failure = await run(backend).then(
      () => undefined,
      (error: unknown) => String((error as Error).stack ?? error),
    );
    self.postMessage({ name, failure });
  }
  self.postMessage(undefined);
};
