import type { AdapterHandle } from "../contract/index.js";
import type { Adapter, ModelWeights, StreamSpec } from "../model/index.js";
import { Transitions } from "../tree/transitions.js";
import type { CallQueue } from "./call-queue.js";
import { TextRunner } from "./text-runner.js";

export class ReferenceAdapter implements AdapterHandle {
  readonly streams: StreamSpec;
  readonly runner: TextRunner;
  readonly counted: Transitions | undefined;
  /** Tokens that drafts are made of; undefined: all. */
  readonly vocabulary: Int32Array | undefined;
  disposed = false;

  constructor(
    readonly weights: ModelWeights,
    adapter: Adapter,
    private readonly queue: CallQueue,
  ) {
    this.streams = adapter.streams;
    const { transitions } = adapter;
    this.vocabulary = adapter.draftVocabulary;
    this.counted = transitions && new Transitions(transitions, weights.spec.vocabularySize);
    this.runner = new TextRunner(weights, adapter);
  }

  get transitions(): boolean {
    return this.counted !== undefined;
  }

  dispose(): Promise<void> {
    return this.queue.run(async () => {
      this.disposed = true;
      await this.runner.dispose();
    });
  }
}
