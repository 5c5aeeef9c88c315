import {
  attentionWindows,
  buildPassGraph,
  buildUpperGraph,
  type CompiledGraph,
  type Graph,
  GraphBuilder,
  type GraphRuntime,
  insertionLayer,
  type ModelSpec,
  passNames,
  type RowSetName,
  type StreamRows,
  type StreamSpec,
  type Tensor,
  type WeightTensor,
} from "@anabranch/core";
import { FeedBuffers } from "./feed-buffers.js";
import { type Feed, feedsOf } from "./pass-feeds.js";
import { type NewRowNames, PassRun } from "./pass-run.js";
import { PastFeeds } from "./past-feeds.js";
import { planReads } from "./read-plan.js";
import { planRows, type RowPlan, type SequenceRows } from "./row-plan.js";
import { allRows, type RowSubset, someRows } from "./row-subset.js";
import type { SlotPool } from "./slot-pool.js";
import { addTopTokens, topOf, topOutputs, topWidth } from "./top-tokens.js";
import { addWholeLogits, wholeLogits } from "./whole-logits.js";

/** What a pass program is compiled for. */
export interface PassProgramOptions {
  readonly spec: ModelSpec;
  /** Settings of the adapter; absent for the plain base model. */
  readonly streams: StreamSpec | undefined;
  readonly streamRows: StreamRows;
  /** Layers whose entering states of main rows are kept for deferred streams. */
  readonly keptLayers: readonly number[];
  /** Whether all hidden states are results. */
  readonly hiddenStates: boolean;
  /** Only the layers with streams, from given states: the upper half of a pruned pass. */
  readonly upper?: boolean;
}

/** The row sets below the layers with streams. */
const MAIN: readonly RowSetName[] = ["main"];

/** A pass graph made ready, and how to feed it. */
export class PassProgram {
  /** The sets that main rows are in after the last layer. */
  readonly upperSets: readonly RowSetName[];
  /** By layer: what a commit takes from a run. */
  readonly newRows: readonly (readonly NewRowNames[])[];
  readonly #buffers = new FeedBuffers();
  readonly #feeds: readonly (readonly [name: string, feed: Feed])[];
  readonly #inputs: Record<string, Tensor> = {};
  readonly #past: PastFeeds;

  private constructor(
    readonly options: PassProgramOptions,
    readonly compiled: CompiledGraph,
  ) {
    this.upperSets = upperSets(options);
    this.newRows = Array.from({ length: options.spec.layers }, (_, layer) =>
      (layer < this.insertion ? MAIN : this.upperSets).map((set) => ({
        set,
        keys: passNames.newKeys(layer, set),
        values: passNames.newValues(layer, set),
      })),
    );
    this.#feeds = feedsOf(compiled.graph, options.spec, options.streams?.gamma ?? 0);
    this.#past = new PastFeeds(compiled.graph, this.#inputs);
  }

  static async compile(
    runtime: GraphRuntime,
    weights: ReadonlyMap<string, WeightTensor>,
    options: PassProgramOptions,
  ): Promise<PassProgram> {
    const { spec, streams, streamRows, upper = false } = options;
    const logits = Object.fromEntries(upperSets(options).map((set) => [set, "rows" as const]));
    const shape = { spec, streamRows, past: "heads", logits } as const;
    const plain =
      streams === undefined ? buildPassGraph(shape) : (upper ? buildUpperGraph : buildPassGraph)({ ...shape, streams });
    const builder = GraphBuilder.from(plain);
    for (const set of upperSets(options)) {
      addTopTokens(builder, passNames.logits(set), topWidth(spec), topOf[set]);
      addWholeLogits(builder, set);
    }
    const graph = builder.build();
    const outputs = neededOutputs(graph, options);
    return new PassProgram(options, await runtime.compile(graph, { constants: weights, outputs, fleeting: true }));
  }

  /** Layer from which on rows are in the upper sets. */
  get insertion(): number {
    return insertionLayer(this.options.spec.layers, this.options.streams);
  }

  /** @param given what is not of the rows themselves: the states that an upper half begins with */
  async run(
    requests: readonly SequenceRows[],
    pool: SlotPool,
    given: Readonly<Record<string, Tensor>> = {},
  ): Promise<PassRun> {
    const plan = this.#plan(requests, pool);
    this.#past.feed(pool);
    for (const [name, feed] of this.#feeds) this.#inputs[name] = feed(plan, this.#buffers);
    Object.assign(this.#inputs, given);
    return new PassRun(this, plan.sets, plan.reads, await this.compiled.run(this.#inputs));
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }

  #plan(requests: readonly SequenceRows[], pool: SlotPool): RowPlan {
    const count = requests.reduce((sum, { rows }) => sum + rows.length, 0);
    const { spec } = this.options;
    const sets = this.#rowSets(requests, count);
    return {
      ...planRows(requests, count, pool.capacity, this.#buffers, attentionWindows(spec)),
      sets,
      reads: planReads(requests, sets, this.upperSets, topWidth(spec)),
    };
  }

  #rowSets(requests: readonly SequenceRows[], count: number): Partial<Record<RowSetName, RowSubset>> {
    const { streams, streamRows } = this.options;
    const main = allRows(count);
    if (streamRows === "none") return { main };
    const set = streams?.mode === "shared" ? "group" : "streams";
    if (streamRows === "all") return { main, [set]: main };
    const withStreams: number[] = [];
    const without: number[] = [];
    let at = 0;
    for (const { rows } of requests) for (const row of rows) (row.streams === true ? withStreams : without).push(at++);
    const carrying = { main, [set]: someRows(withStreams, count) };
    return set === "group" ? { ...carrying, rest: someRows(without, count) } : carrying;
  }
}

function upperSets({ streams, streamRows }: PassProgramOptions): readonly RowSetName[] {
  if (streamRows === "none" || streams?.mode !== "shared") return ["main"];
  return streamRows === "all" ? ["group"] : ["rest", "group"];
}

function neededOutputs(graph: Graph, options: PassProgramOptions): string[] {
  const { spec, streamRows, keptLayers, hiddenStates } = options;
  const { layers } = spec;
  const sets: readonly RowSetName[] = ["main", "rest", "group"];
  const wanted = new Set<string>();
  for (const set of upperSets(options)) {
    wanted.add(wholeLogits.logits(set));
    for (const name of topOutputs(topOf[set])) wanted.add(name);
  }
  for (let layer = 0; layer < layers; layer++) {
    for (const set of sets) wanted.add(passNames.newKeys(layer, set)).add(passNames.newValues(layer, set));
  }
  if (streamRows !== "none") wanted.add(passNames.final("streams"));
  for (const layer of keptLayers) wanted.add(passNames.hidden(layer));
  if (hiddenStates) {
    for (const set of sets) {
      wanted.add(passNames.final(set));
      for (let layer = 0; layer < layers; layer++) wanted.add(passNames.hidden(layer, set));
    }
  }
  return Object.keys(graph.outputs).filter((name) => wanted.has(name) && !graph.inputs.includes(name));
}
