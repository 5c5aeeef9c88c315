import {
  attentionWindows,
  buildLowerGraph,
  COMMITTED,
  type CompiledGraph,
  exitNames,
  type GraphRuntime,
  insertionLayer,
  type ModelSpec,
  passNames,
  type StreamSpec,
  type Tensor,
  type WeightTensor,
} from "@anabranch/core";
import { FeedBuffers } from "./feed-buffers.js";
import { LowerRun } from "./lower-run.js";
import { type Feed, feedList, feedsOf } from "./pass-feeds.js";
import { PastFeeds } from "./past-feeds.js";
import { planRows, type SequenceRows } from "./row-plan.js";
import { allRows } from "./row-subset.js";
import type { SlotPool } from "./slot-pool.js";

export interface LowerProgramOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  /** Tokens that drafts are made of, whose head is among the weights; undefined: all. */
  readonly vocabulary: Int32Array | undefined;
  /** Whether all hidden states are results. */
  readonly hiddenStates: boolean;
}

/** A child of a pass's rows whose transition probability is wanted. */
interface Child {
  readonly row: number;
  /** Its parent's place among the rows that have children. */
  readonly parent: number;
  /** Its token, or that token's place in the draft vocabulary. */
  readonly token: number;
}

/** The layers below the streams, and the early exit that tells which rows go on (3.1.3). */
export class LowerProgram {
  readonly #buffers = new FeedBuffers();
  readonly #feeds: readonly (readonly [name: string, feed: Feed])[];
  readonly #inputs: Record<string, Tensor> = {};
  readonly #past: PastFeeds;
  readonly #places: ReadonlyMap<number, number> | undefined;

  private constructor(
    readonly options: LowerProgramOptions,
    readonly compiled: CompiledGraph,
  ) {
    const { spec, streams, vocabulary } = options;
    this.#feeds = feedsOf(compiled.graph, spec, streams.gamma);
    this.#past = new PastFeeds(compiled.graph, this.#inputs);
    this.#places = vocabulary && new Map(Array.from(vocabulary, (token, place) => [token, place]));
  }

  static async compile(
    runtime: GraphRuntime,
    weights: ReadonlyMap<string, WeightTensor>,
    options: LowerProgramOptions,
  ): Promise<LowerProgram> {
    const { spec, streams, vocabulary, hiddenStates } = options;
    const graph = buildLowerGraph({ spec, streams, past: "heads", exit: { draftTokens: vocabulary?.length } });
    const entering = passNames.hidden(insertionLayer(spec.layers, streams));
    const outputs = Object.keys(graph.outputs).filter(
      (name) => hiddenStates || name === entering || !name.startsWith("hidden."),
    );
    return new LowerProgram(options, await runtime.compile(graph, { constants: weights, outputs }));
  }

  async run(requests: readonly SequenceRows[], pool: SlotPool): Promise<LowerRun> {
    const { spec, streams } = this.options;
    const count = requests.reduce((sum, { rows }) => sum + rows.length, 0);
    const main = allRows(count);
    const plan = {
      ...planRows(requests, count, pool.capacity, this.#buffers, attentionWindows(spec)),
      sets: { main },
      reads: {},
    };
    this.#past.feed(pool);
    for (const [name, feed] of this.#feeds) this.#inputs[name] = feed(plan, this.#buffers);
    const { parents, children } = this.#children(requests);
    const asked = {
      [exitNames.parents]: parents,
      [exitNames.parentOf]: children.map(({ parent }) => parent),
      [exitNames.tokens]: children.map(({ token }) => token),
    };
    for (const [name, values] of Object.entries(asked)) {
      // No axis may be empty: where nothing is asked, something is that nobody reads.
      this.#inputs[name] = feedList(values.length === 0 ? [0] : values, name, this.#buffers);
    }
    const outputs = await this.compiled.run(this.#inputs);
    const logProbs = (outputs[exitNames.logProbs] as Tensor).data;
    const transitions = new Map(children.map(({ row }, index) => [row, logProbs[index] as number]));
    return new LowerRun(main, insertionLayer(spec.layers, streams), spec.hiddenSize, outputs, transitions);
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }

  #children(requests: readonly SequenceRows[]): { parents: number[]; children: Child[] } {
    const parents = new Map<number, number>();
    const children: Child[] = [];
    let offset = 0;
    for (const { rows } of requests) {
      for (const [row, { parent, token }] of rows.entries()) {
        const place = this.#places === undefined ? token : this.#places.get(token);
        if (parent === COMMITTED || place === undefined) continue;
        const from = offset + parent;
        if (!parents.has(from)) parents.set(from, parents.size);
        children.push({ row: offset + row, parent: parents.get(from) as number, token: place });
      }
      offset += rows.length;
    }
    return { parents: [...parents.keys()], children };
  }
}
