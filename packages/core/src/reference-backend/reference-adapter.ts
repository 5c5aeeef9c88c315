import type { AdapterHandle } from "../contract/index.js";
import type { Adapter, ModelWeights, StreamSpec } from "../model/index.js";
import type { CallQueue } from "./call-queue.js";
import { TextRunner } from "./text-runner.js";

export class ReferenceAdapter implements AdapterHandle {
  readonly streams: StreamSpec;
  readonly runner: TextRunner;
  disposed = false;

  constructor(
    readonly weights: ModelWeights,
    adapter: Adapter,
    private readonly queue: CallQueue,
  ) {
    this.streams = adapter.streams;
    this.runner = new TextRunner(weights, adapter);
  }

  dispose(): Promise<void> {
    return this.queue.run(async () => {
      this.disposed = true;
      await this.runner.dispose();
    });
  }
}
