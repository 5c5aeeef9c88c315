import type { CompiledGraph, Tensor } from "../contract/index.js";
import {
  buildExitGraph,
  buildHeadGraph,
  buildMarkovLevelGraph,
  buildMarkovTokensGraph,
  buildPassGraph,
  exitNames,
  insertionLayer,
  markovNames,
  passNames,
} from "../decoder/index.js";
import type { Graph } from "../graph/index.js";
import {
  type Adapter,
  attentionWindows,
  draftHead,
  impliedAdapterTensors,
  type MarkovSpec,
  type ModelWeights,
  parameterNames,
  type WeightTensor,
} from "../model/index.js";
import { referenceRuntime } from "../reference/index.js";
import { logSoftmax } from "./read-row.js";
import { streamRowsOf, textInputs, textSets } from "./text-inputs.js";
import type { TextRow } from "./text-row.js";
import { TextStates } from "./text-states.js";

/** A node of a draft tree whose children are wanted. */
export interface MarkovNode {
  /** z_j of the stream that they come from: [hidden] */
  readonly state: Float64Array;
  readonly token: number;
  /** u of its parent, [r]; undefined for the bonus token */
  readonly before: Float64Array | undefined;
}

/** Runs whole texts through a model with one adapter, or with none. */
export class TextRunner {
  readonly #compiled = new Map<string, Promise<CompiledGraph>>();
  readonly #draftHead: WeightTensor | undefined;
  readonly #implied: ReadonlyMap<string, WeightTensor>;

  constructor(
    private readonly weights: ModelWeights,
    private readonly adapter?: Adapter,
  ) {
    const vocabulary = adapter?.draftVocabulary;
    this.#draftHead = vocabulary && draftHead(weights, vocabulary);
    this.#implied = adapter === undefined ? new Map() : impliedAdapterTensors(weights.spec, adapter.streams);
  }

  async states(text: readonly TextRow[]): Promise<TextStates> {
    const { spec } = this.weights;
    const streams = this.adapter?.streams;
    const streamRows = streamRowsOf(text);
    const compiled = await this.#compile(streamRows, () =>
      buildPassGraph(streams === undefined ? { spec, streamRows } : { spec, streams, streamRows }),
    );
    const sets = textSets(streams, text);
    const inputs = textInputs(text, streams, sets, attentionWindows(spec));
    const used = compiled.graph.inputs.map((name) => [name, inputs.get(name) as Tensor] as const);
    return new TextStates(await compiled.run(Object.fromEntries(used)), sets, spec.layers);
  }

  /** Logits of one state after the final norm: [vocabulary] */
  logits(state: Float64Array): Promise<Float64Array> {
    return this.#head(state, undefined);
  }

  /** A stream's logits over the draft vocabulary, or over the whole: [draft tokens] */
  draftLogits(state: Float64Array): Promise<Float64Array> {
    return this.#head(state, this.adapter?.draftVocabulary?.length);
  }

  async #head(state: Float64Array, draftTokens: number | undefined): Promise<Float64Array> {
    const kind = draftTokens === undefined ? "head" : "head.draft";
    const head = await this.#compile(kind, () => buildHeadGraph(this.weights.spec, draftTokens));
    const { logits } = await head.run({ states: { shape: [1, 1, state.length], data: state } });
    return Float64Array.from((logits as Tensor).data);
  }

  /**
   * What the Markov head makes of a node of a draft tree: its children's logits, [draft tokens], and u, [r].
   *
   * @param stream the one that the children come from, 1..γ
   */
  async markov(stream: number, node: MarkovNode): Promise<{ logits: Float64Array; recurrent: Float64Array }> {
    const { spec } = this.weights;
    const { streams, draftVocabulary } = this.adapter as Adapter;
    const { markov } = streams as { readonly markov: MarkovSpec };
    const tokens = await this.#compile("markov.tokens", () => buildMarkovTokensGraph(spec, markov));
    const token = { shape: [1, 1], data: Int32Array.of(node.token) };
    const own = (await tokens.run({ [markovNames.tokens]: token }))[markovNames.own] as Tensor;
    const level = await this.#compile(`markov.${stream}`, () =>
      buildMarkovLevelGraph(spec, streams, stream, draftVocabulary?.length),
    );
    const { logits, [markovNames.recurrent]: recurrent } = await level.run({
      [markovNames.states]: { shape: [1, 1, spec.hiddenSize], data: node.state },
      [markovNames.own]: own,
      ...(level.graph.inputs.includes(markovNames.before) && {
        [markovNames.before]: { shape: [1, 1, markov.rank], data: node.before as Float64Array },
      }),
    });
    return {
      logits: Float64Array.from((logits as Tensor).data),
      recurrent: Float64Array.from((recurrent as Tensor).data),
    };
  }

  /**
   * How probable a token is after a row, by the early exit (3.1.3): the log-probability, or undefined where the token is not
   * one of those that drafts are made of.
   *
   * @param state of the row, where streams are inserted: [hidden]
   */
  async transition(state: Float64Array, token: number): Promise<number | undefined> {
    const { streams, draftVocabulary } = this.adapter as Adapter;
    const { spec } = this.weights;
    const place = draftVocabulary === undefined ? token : draftVocabulary.indexOf(token);
    if (place < 0) return undefined;
    const exit = await this.#compile("exit", () => buildExitGraph(spec, streams, draftVocabulary?.length));
    const hidden = { shape: [1, 1, spec.hiddenSize], data: state };
    const logits = (await exit.run({ [passNames.hidden(insertionLayer(spec.layers, streams))]: hidden }))[
      exitNames.logits
    ];
    return logSoftmax(Float64Array.from((logits as Tensor).data))[place];
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).dispose();
    this.#compiled.clear();
  }

  #compile(kind: string, build: () => Graph): Promise<CompiledGraph> {
    let compiled = this.#compiled.get(kind);
    if (compiled === undefined) {
      const graph = build();
      compiled = referenceRuntime.compile(graph, { constants: this.#constants(graph) });
      this.#compiled.set(kind, compiled);
    }
    return compiled;
  }

  #constants(graph: Graph): Map<string, WeightTensor> {
    const tensor = (name: string) =>
      (name === parameterNames.draftHead
        ? this.#draftHead
        : (this.weights.tensors.get(name) ??
          this.adapter?.tensors.get(name) ??
          this.#implied.get(name))) as WeightTensor;
    return new Map(graph.parameters.map((name) => [name, tensor(name)]));
  }
}
