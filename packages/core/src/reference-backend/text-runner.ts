import type { CompiledGraph, Tensor } from "../contract/index.js";
import { buildHeadGraph, buildPassGraph, type StreamRows } from "../decoder/index.js";
import type { Graph } from "../graph/index.js";
import { type Adapter, attentionWindows, type ModelWeights, type WeightTensor } from "../model/index.js";
import { referenceRuntime } from "../reference/index.js";
import { streamRowsOf, textInputs, textSets } from "./text-inputs.js";
import type { TextRow } from "./text-row.js";
import { TextStates } from "./text-states.js";

/** Runs whole texts through a model with one adapter, or with none. */
export class TextRunner {
  readonly #compiled = new Map<StreamRows | "head", Promise<CompiledGraph>>();

  constructor(
    private readonly weights: ModelWeights,
    private readonly adapter?: Adapter,
  ) {}

  async states(text: readonly TextRow[]): Promise<TextStates> {
    const { spec } = this.weights;
    const streams = this.adapter?.streams;
    const streamRows = streamRowsOf(text);
    const compiled = await this.#compile(streamRows, () =>
      buildPassGraph(streams === undefined ? { spec, streamRows } : { spec, streams, streamRows }),
    );
    const sets = textSets(streams, text);
    const inputs = textInputs(text, sets, attentionWindows(spec));
    const used = compiled.graph.inputs.map((name) => [name, inputs.get(name) as Tensor] as const);
    return new TextStates(await compiled.run(Object.fromEntries(used)), sets, spec.layers);
  }

  /** Logits of one state after the final norm: [vocabulary] */
  async logits(state: Float64Array): Promise<Float64Array> {
    const head = await this.#compile("head", () => buildHeadGraph(this.weights.spec));
    const { logits } = await head.run({ states: { shape: [1, 1, state.length], data: state } });
    return Float64Array.from((logits as Tensor).data);
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).dispose();
    this.#compiled.clear();
  }

  #compile(kind: StreamRows | "head", build: () => Graph): Promise<CompiledGraph> {
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
      (this.weights.tensors.get(name) ?? this.adapter?.tensors.get(name)) as WeightTensor;
    return new Map(graph.parameters.map((name) => [name, tensor(name)]));
  }
}
