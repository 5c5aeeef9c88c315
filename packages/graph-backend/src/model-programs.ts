import {
  adapterParameterShapes,
  type GraphRuntime,
  headName,
  type MarkovSpec,
  type ModelWeights,
  parameterNames,
  type StreamRows,
  type WeightTensor,
} from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import { type DraftWeights, draftWeights } from "./draft-weights.js";
import type { FoldedAdapter } from "./fold-lora.js";
import { HeadProgram } from "./head-program.js";
import { LowerProgram } from "./lower-program.js";
import { MarkovHead } from "./markov-head.js";
import { PassProgram } from "./pass-program.js";
import { ProgramCache } from "./program-cache.js";
import type { SequenceRows } from "./row-plan.js";
import { StreamsProgram } from "./streams-program.js";
import { widthFor } from "./top-tokens.js";

/**
 * Which graph serves which rows. Plain rows of the base model and of lossless adapters share one program, so that their
 * results are the same bits; a shared-mode adapter, and streams beside rows, have programs of their own.
 */
export class ModelPrograms {
  readonly #own = new ProgramCache();
  /** Layers where streams of attached lossless adapters start. */
  #keptLayers: readonly number[] = [];

  constructor(
    readonly runtime: GraphRuntime,
    readonly weights: ModelWeights,
    readonly drafting: DraftWeights,
  ) {}

  /** From now on plain passes keep the states that this adapter's deferred streams start from. */
  async admit({ streams, insertion }: AttachedAdapter): Promise<void> {
    if (streams.mode !== "lossless" || this.#keptLayers.includes(insertion)) return;
    this.#keptLayers = [...this.#keptLayers, insertion];
    await this.#own.drop("plain");
    await this.#own.drop("plain.hidden");
  }

  /** The adapter whose own graph these rows need; undefined where the base model's serves. */
  owner({ sequence, rows }: SequenceRows): AttachedAdapter | undefined {
    const { attached } = sequence;
    if (attached === undefined || attached.streams.mode === "shared") return attached;
    return rows.some((row) => row.streams === true) ? attached : undefined;
  }

  /** @param owner as {@link ModelPrograms.owner} gives it for all of the rows */
  pass(owner: AttachedAdapter | undefined, requests: readonly SequenceRows[]): Promise<PassProgram> {
    const hiddenStates = readsHidden(requests);
    const { spec, tensors } = this.weights;
    const suffix = hiddenStates ? ".hidden" : "";
    if (owner === undefined) {
      const options = {
        spec,
        streams: undefined,
        streamRows: "none",
        keptLayers: this.#keptLayers,
        hiddenStates,
      } as const;
      return this.#own.get(`plain${suffix}`, () => PassProgram.compile(this.runtime, tensors, options));
    }
    const streamRows = streamRowsOf(requests);
    return owner.programs.get(`pass.${streamRows}${suffix}`, async () => {
      const { streams, weights } = await this.#adapted(owner);
      const keptLayers = streams.mode === "lossless" ? [owner.insertion] : [];
      return PassProgram.compile(this.runtime, weights, { spec, streams, streamRows, keptLayers, hiddenStates });
    });
  }

  /** The layers below the streams with the early exit, for passes that are pruned. */
  lower(owner: AttachedAdapter, requests: readonly SequenceRows[]): Promise<LowerProgram> {
    const { spec } = this.weights;
    const { vocabulary, programs } = owner;
    const hiddenStates = readsHidden(requests);
    return programs.get(hiddenStates ? "lower.hidden" : "lower", async () => {
      const { streams, weights } = await this.#adapted(owner);
      const own = await owner.drafting(this.runtime, weights);
      return LowerProgram.compile(this.runtime, own, { spec, streams, vocabulary, hiddenStates });
    });
  }

  /** The layers with streams, for the rows that pruning leaves. */
  upper(owner: AttachedAdapter, requests: readonly SequenceRows[]): Promise<PassProgram> {
    const { spec } = this.weights;
    const streamRows = streamRowsOf(requests);
    const hiddenStates = readsHidden(requests);
    return owner.programs.get(`upper.${streamRows}${hiddenStates ? ".hidden" : ""}`, async () => {
      const { streams, weights } = await this.#adapted(owner);
      const options = { spec, streams, streamRows, keptLayers: [], hiddenStates, upper: true };
      return PassProgram.compile(this.runtime, weights, options);
    });
  }

  /** What passes of an adapter are computed with: main rows are adapted in shared mode alone. */
  async #adapted(owner: AttachedAdapter): Promise<FoldedAdapter> {
    return owner.streams.mode === "lossless" ? owner : owner.folded(this.runtime);
  }

  /** Deferred streams with as many best tokens as the adapter's drafts ask for. */
  async streams(adapter: AttachedAdapter): Promise<StreamsProgram> {
    const { spec } = this.weights;
    const width = this.#width(adapter.width, adapter.vocabulary);
    return adapter.programs.get(`streams.top${width}`, async () => {
      const { streams, weights } = await adapter.foldedForDrafts(this.runtime);
      const { vocabulary } = adapter;
      const own = this.#drafting(await adapter.drafting(this.runtime, weights));
      return StreamsProgram.compile(this.runtime, own, { spec, streams, width, vocabulary });
    });
  }

  /** The head for streams' states: one for all adapters that draft with the whole vocabulary. */
  head(adapter: AttachedAdapter, topK: number): Promise<HeadProgram> {
    const { spec, tensors } = this.weights;
    const { vocabulary, programs } = adapter;
    const width = this.#width(topK, vocabulary);
    return (vocabulary === undefined ? this.#own : programs).get(`head.top${width}`, async () => {
      const weights = await adapter.drafting(this.runtime, tensors);
      return HeadProgram.compile(this.runtime, { spec, weights, vocabulary, width });
    });
  }

  markov(adapter: AttachedAdapter, topK: number): Promise<MarkovHead> {
    const { spec } = this.weights;
    const { streams, vocabulary, weights } = adapter;
    const width = this.#width(topK, vocabulary);
    return adapter.programs.get(`markov.top${width}`, async () => {
      const names = new Set([
        ...[parameterNames.embedding, headName(spec)],
        ...adapterParameterShapes(spec, streams).keys(),
      ]);
      const own = new Map([...weights].filter(([name]) => names.has(name)));
      const options = { spec, streams: { ...streams, markov: streams.markov as MarkovSpec }, vocabulary, width };
      return MarkovHead.compile(this.runtime, this.#drafting(await adapter.drafting(this.runtime, own)), options);
    });
  }

  #width(topK: number, vocabulary: Int32Array | undefined): number {
    return widthFor(topK, vocabulary?.length ?? this.weights.spec.vocabularySize);
  }

  #drafting(weights: ReadonlyMap<string, WeightTensor>): ReadonlyMap<string, WeightTensor> {
    return this.drafting === "int8" ? draftWeights(weights) : weights;
  }

  dispose(): Promise<void> {
    return this.#own.clear();
  }
}

function readsHidden(requests: readonly SequenceRows[]): boolean {
  return requests.some(({ rows }) => rows.some(({ read }) => read?.hidden !== undefined));
}

function streamRowsOf(requests: readonly SequenceRows[]): StreamRows {
  let carrying = 0;
  let count = 0;
  for (const { rows } of requests) {
    count += rows.length;
    for (const row of rows) if (row.streams === true) carrying++;
  }
  if (carrying === 0) return "none";
  return carrying === count ? "all" : "some";
}
