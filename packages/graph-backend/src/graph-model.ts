import {
  type Adapter,
  type AdapterHandle,
  type BackendModel,
  type CallOptions,
  type Capabilities,
  type CommitRequest,
  checkAdapter,
  checkPass,
  type DraftRequest,
  type DraftTree,
  type GraphRuntime,
  InvalidArgumentError,
  type ModelSpec,
  type ModelWeights,
  type PassRequest,
  type PassResult,
  type Sequence,
  type SequenceOptions,
  type StreamsRequest,
} from "@anabranch/core";
import { AttachedAdapter } from "./attached-adapter.js";
import { CachedSequence } from "./cached-sequence.js";
import { CallQueue } from "./call-queue.js";
import { checkStreamSpec } from "./check-streams.js";
import { commitPaths } from "./commit-paths.js";
import { draftTrees } from "./draft-trees.js";
import type { DraftWeights } from "./draft-weights.js";
import { ModelPrograms } from "./model-programs.js";
import { type ModelRuntime, plainTensors } from "./model-runtime.js";
import { runDeferredStreams } from "./run-deferred-streams.js";
import { runPass } from "./run-pass.js";
import { SlotPool } from "./slot-pool.js";

/** A model on any runtime of graphs. Sequences share one pool of slots; programs are compiled as they are needed. */
export class GraphModel implements BackendModel {
  readonly spec: ModelSpec;
  readonly queue = new CallQueue();
  readonly sequences = new Set<CachedSequence>();
  readonly pool: SlotPool;
  readonly programs: ModelPrograms;
  /** Those that are attached now. */
  readonly adapters = new Set<AttachedAdapter>();
  readonly capabilities: Capabilities;
  readonly warnings: readonly string[];

  constructor(
    readonly runtime: GraphRuntime | ModelRuntime,
    readonly weights: ModelWeights,
    { capabilities, maxSlots }: { readonly capabilities: Capabilities; readonly maxSlots: number },
    drafting: DraftWeights,
  ) {
    this.spec = weights.spec;
    this.capabilities = capabilities;
    this.warnings = "warnings" in runtime ? runtime.warnings : [];
    const { tensors = plainTensors, fewestSlots } = "tensors" in runtime ? runtime : {};
    this.pool = new SlotPool(weights.spec, maxSlots, tensors, fewestSlots);
    this.programs = new ModelPrograms(runtime, weights, drafting);
  }

  attach(adapter: Adapter): Promise<AdapterHandle> {
    return this.queue.run("Attaching an adapter", async () => {
      checkStreamSpec(this.spec, this.capabilities, adapter.streams);
      checkAdapter(this.spec, adapter);
      const attached = new AttachedAdapter(this, adapter);
      await this.programs.admit(attached);
      await this.#prepare(attached);
      this.adapters.add(attached);
      return attached;
    });
  }

  /** Folds a lossless adapter's LoRA into the layers of its deferred streams, which would else take its first text's time. */
  async #prepare(attached: AttachedAdapter): Promise<void> {
    if (!this.capabilities.deferredStreams || attached.streams.mode !== "lossless") return;
    try {
      await this.programs.streams(attached);
    } catch (error) {
      await attached.free();
      throw error;
    }
  }

  createSequence({ adapter }: SequenceOptions = {}): Promise<Sequence> {
    return this.queue.run("Creating a sequence", () => {
      if (adapter === undefined) return new CachedSequence(this, undefined);
      if (!(adapter instanceof AttachedAdapter && adapter.owner === this)) {
        throw new InvalidArgumentError("The adapter is not attached to this model.", {
          subject: "adapter",
          cure: "Attach it with the model's `attach` first.",
        });
      }
      adapter.requireLive();
      return new CachedSequence(this, adapter);
    });
  }

  pass(requests: readonly PassRequest[], options?: CallOptions): Promise<readonly PassResult[]> {
    const work = (): Promise<readonly PassResult[]> => {
      const rows = requests.map((request) => ({ ...request, sequence: this.#own(request.sequence) }));
      checkPass(this.spec, this.capabilities, requests);
      return runPass(this.programs, this.pool, rows, options);
    };
    return this.queue.run("A pass", work, options);
  }

  commit(requests: readonly CommitRequest[]): Promise<void> {
    return this.queue.run("A commit", () => {
      commitPaths(
        this.pool,
        requests.map(({ sequence, path }) => ({ sequence: this.#own(sequence), path })),
      );
    });
  }

  streams(requests: readonly StreamsRequest[], options?: CallOptions): Promise<void> {
    const work = (): Promise<void> => {
      const sequences = requests.map(({ sequence }) => this.#own(sequence));
      return runDeferredStreams(this.programs, this.pool, sequences, options);
    };
    return this.queue.run("Deferred streams", work, options);
  }

  draft(requests: readonly DraftRequest[], options?: CallOptions): Promise<readonly DraftTree[]> {
    const work = (): Promise<readonly DraftTree[]> => {
      const asked = requests.map(({ sequence, bonus, limit }) => ({ sequence: this.#own(sequence), bonus, limit }));
      return draftTrees(this.programs, this.spec, asked);
    };
    return this.queue.run("A draft", work, options);
  }

  dispose(): Promise<void> {
    return this.queue.close(async () => {
      for (const sequence of [...this.sequences]) sequence.free();
      for (const adapter of this.adapters) await adapter.free();
      await this.programs.dispose();
      this.pool.dispose();
      if ("dispose" in this.runtime) await this.runtime.dispose();
    });
  }

  /** @throws InvalidArgumentError for another model's sequence; DisposedError */
  #own(sequence: Sequence): CachedSequence {
    if (!(sequence instanceof CachedSequence && sequence.owner === this)) {
      throw new InvalidArgumentError("The sequence belongs to another model.", { subject: "sequence" });
    }
    sequence.requireLive();
    return sequence;
  }
}
