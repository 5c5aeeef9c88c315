import {
  buildMarkovLevelGraph,
  buildMarkovTokensGraph,
  type CompiledGraph,
  GraphBuilder,
  type GraphRuntime,
  type MarkovSpec,
  type ModelSpec,
  markovNames,
  type StreamSpec,
  type Tensor,
  type TokenLogProbs,
  type WeightTensor,
} from "@anabranch/core";
import { FeedBuffers } from "./feed-buffers.js";
import type { Floats } from "./floats.js";
import { ProgramCache } from "./program-cache.js";
import { addTopTokens, readTopTokens, topOutputs } from "./top-tokens.js";

export interface MarkovHeadOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec & { readonly markov: MarkovSpec };
  /** Tokens that drafts are made of; absent: all. */
  readonly vocabulary: Int32Array | undefined;
  /** Best tokens of a node. */
  readonly width: number;
}

/** A node whose children are wanted. */
export interface MarkovNode {
  readonly token: number;
  /** z_j of the stream that its children come from: [hidden] */
  readonly state: Floats;
  /** u of its parent: [r]; undefined for the bonus token. */
  readonly before: Floats | undefined;
}

/** What a node's children are, and its own u. */
export interface MarkovChildren {
  readonly best: TokenLogProbs;
  readonly recurrent: Floats;
}

/** An adapter's Markov head: a small program for each level of the tree, all nodes of a level in one run. */
export class MarkovHead {
  readonly #buffers = new FeedBuffers();
  /** A e(x) of tokens that were asked for before. */
  readonly #known = new Map<number, Floats>();
  readonly #levels = new ProgramCache();

  private constructor(
    readonly runtime: GraphRuntime,
    readonly weights: ReadonlyMap<string, WeightTensor>,
    readonly options: MarkovHeadOptions,
    readonly tokens: CompiledGraph,
  ) {}

  static async compile(
    runtime: GraphRuntime,
    weights: ReadonlyMap<string, WeightTensor>,
    options: MarkovHeadOptions,
  ): Promise<MarkovHead> {
    const graph = buildMarkovTokensGraph(options.spec, options.streams.markov);
    const tokens = await runtime.compile(graph, { constants: weights, fewRows: true });
    return new MarkovHead(runtime, weights, options, tokens);
  }

  /** @param stream the one that the children come from, 1..γ */
  async children(stream: number, nodes: readonly MarkovNode[]): Promise<MarkovChildren[]> {
    const { rank } = this.options.streams.markov;
    const compiled = await this.#level(stream);
    await this.#learn(nodes);
    const count = nodes.length;
    const states = this.#buffers.floats("states", [1, count, this.options.spec.hiddenSize]);
    const own = this.#buffers.floats("own", [1, count, rank]);
    const before = this.#buffers.floats("before", [1, count, rank]);
    nodes.forEach((node, index) => {
      states.data.set(node.state, index * this.options.spec.hiddenSize);
      own.data.set(this.#known.get(node.token) as Floats, index * rank);
      if (node.before !== undefined) before.data.set(node.before, index * rank);
    });
    const inputs: Record<string, Tensor> = { [markovNames.states]: states, [markovNames.own]: own };
    if (compiled.graph.inputs.includes(markovNames.before)) inputs[markovNames.before] = before;
    const outputs = await compiled.run(inputs);
    const recurrent = (outputs[markovNames.recurrent] as Tensor).data as Floats;
    return readTopTokens(outputs, 0, count, this.options.vocabulary).map((best, index) => ({
      best,
      recurrent: recurrent.slice(index * rank, (index + 1) * rank),
    }));
  }

  async dispose(): Promise<void> {
    await this.tokens.dispose();
    await this.#levels.clear();
  }

  #level(stream: number): Promise<CompiledGraph> {
    const { spec, streams, vocabulary, width } = this.options;
    return this.#levels.get(`level.${stream}`, () => {
      const plain = buildMarkovLevelGraph(spec, streams, stream, vocabulary?.length);
      const builder = GraphBuilder.from(plain, `${plain.name}.top${width}`);
      addTopTokens(builder, markovNames.logits, width);
      const outputs = [markovNames.recurrent, ...topOutputs()];
      return this.runtime.compile(builder.build(), { constants: this.weights, outputs, fewRows: true });
    });
  }

  /** A e(x) of tokens that no node had before; texts use the same few thousand again and again. */
  async #learn(nodes: readonly MarkovNode[]): Promise<void> {
    const fresh = [...new Set(nodes.map(({ token }) => token))].filter((token) => !this.#known.has(token));
    if (fresh.length === 0) return;
    const { rank } = this.options.streams.markov;
    const tokens = this.#buffers.ints("tokens", [1, fresh.length]);
    tokens.data.set(fresh);
    const { data } = (await this.tokens.run({ [markovNames.tokens]: tokens }))[markovNames.own] as Tensor;
    fresh.forEach((token, index) => {
      this.#known.set(token, (data as Floats).slice(index * rank, (index + 1) * rank));
    });
  }
}
