import {
  type Adapter,
  type AdapterHandle,
  DisposedError,
  type DraftLimit,
  type GraphRuntime,
  impliedAdapterTensors,
  insertionLayer,
  type ModelWeights,
  parameterNames,
  type StreamSpec,
  Transitions,
  treeWidth,
  type WeightTensor,
} from "@anabranch/core";
import type { CallQueue } from "./call-queue.js";
import { draftHeadRows } from "./draft-head-rows.js";
import { type FoldedAdapter, foldForDrafts, foldLora } from "./fold-lora.js";
import { ProgramCache } from "./program-cache.js";

/** Best tokens of a stream that are computed along with its states; a wider draft asks for more. */
const FIRST_WIDTH = 8;

/** What an adapter needs of its model. */
export interface AdapterOwner {
  readonly weights: ModelWeights;
  readonly queue: CallQueue;
  readonly adapters: Set<AttachedAdapter>;
}

/** An adapter beside its base weights, with the programs compiled for it. */
export class AttachedAdapter implements AdapterHandle {
  readonly streams: StreamSpec;
  /** Layer at which streams are inserted: N - N_s. */
  readonly insertion: number;
  /** Base weights and adapter tensors by name; the arrays are the callers'. */
  readonly weights: ReadonlyMap<string, WeightTensor>;
  readonly programs = new ProgramCache();
  readonly counted: Transitions | undefined;
  /** Tokens that drafts are made of; undefined: all. */
  readonly vocabulary: Int32Array | undefined;
  /** How many of a stream's best tokens drafts have asked for. */
  width = FIRST_WIDTH;
  #folded: Promise<FoldedAdapter> | undefined;
  #foldedForDrafts: Promise<FoldedAdapter> | undefined;
  #draftHead: Promise<WeightTensor> | undefined;
  #disposed = false;

  constructor(
    readonly owner: AdapterOwner,
    adapter: Adapter,
  ) {
    const { spec, tensors } = owner.weights;
    this.streams = adapter.streams;
    this.insertion = insertionLayer(spec.layers, adapter.streams);
    this.weights = new Map<string, WeightTensor>([
      ...tensors,
      ...adapter.tensors,
      ...impliedAdapterTensors(spec, adapter.streams),
    ]);
    this.vocabulary = adapter.draftVocabulary;
    this.counted = adapter.transitions && new Transitions(adapter.transitions, spec.vocabularySize);
  }

  /** Best tokens of a stream that a draft is made from: more than k where the token before has a say in which are best. */
  draftWidth(limit: DraftLimit): number {
    return this.headDrafts(limit) ? limit.topK : treeWidth(limit, this.counted);
  }

  /** Whether a draft comes from a Markov head, rather than from streams that are independent of each other. */
  headDrafts({ markov = true }: DraftLimit): boolean {
    return markov && this.streams.markov !== undefined;
  }

  get transitions(): boolean {
    return this.counted !== undefined;
  }

  /** @throws DisposedError */
  requireLive(): void {
    if (this.#disposed) throw new DisposedError("The adapter was disposed.", { subject: "adapter" });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    try {
      await this.owner.queue.run("Disposing of an adapter", () => this.free());
    } catch (error) {
      if (!this.#disposed) throw error;
    }
  }

  /** The adapter for the passes of shared mode, whose rows are all adapted. */
  folded(runtime: GraphRuntime): Promise<FoldedAdapter> {
    this.#folded ??= foldLora(runtime, this.streams, this.weights);
    return this.#folded;
  }

  /** The adapter for deferred streams, which only propose: 8-bit weights are folded too, and rounded again. */
  foldedForDrafts(runtime: GraphRuntime): Promise<FoldedAdapter> {
    this.#foldedForDrafts ??= foldForDrafts({ runtime, weights: this.owner.weights }, this.streams, this.weights);
    return this.#foldedForDrafts;
  }

  /** Weights of graphs that draft, with the head for the draft vocabulary among them. */
  async drafting(
    runtime: GraphRuntime,
    weights: ReadonlyMap<string, WeightTensor>,
  ): Promise<ReadonlyMap<string, WeightTensor>> {
    if (this.vocabulary === undefined) return weights;
    this.#draftHead ??= draftHeadRows({ runtime, weights: this.owner.weights }, this.vocabulary);
    return new Map([...weights, [parameterNames.draftHead, await this.#draftHead]]);
  }

  /** Frees its programs at once. */
  async free(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.owner.adapters.delete(this);
    this.#folded = undefined;
    this.#foldedForDrafts = undefined;
    this.#draftHead = undefined;
    await this.programs.clear();
  }
}
