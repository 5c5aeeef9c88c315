import {
  type Adapter,
  buildLowerGraph,
  type CompiledGraph,
  type GraphRuntime,
  insertionLayer,
  type ModelWeights,
  passNames,
  type Tensor,
} from "@anabranch/core";
import { type Branch, growForest, mainRowInputs, type TrainingExample } from "../batches/index.js";
import { knownInputs } from "../graphs/index.js";
import type { KnownStates } from "./base-states.js";
import type { StateHandle, StateStore } from "./state-store.js";

/**
 * The states of completions where streams are inserted, computed once and kept: nothing below learns while a pruning adapter
 * does. Each completion goes through the lower layers alone, so that a resumed run finds the same bits.
 */
export class ExitStates {
  readonly #kept = new Map<ArrayLike<number>, Map<ArrayLike<number>, StateHandle>>();

  private constructor(
    readonly hidden: string,
    readonly compiled: CompiledGraph,
    readonly hiddenSize: number,
    readonly store: StateStore,
    readonly known: KnownStates | undefined,
  ) {}

  /** @param known states that need not be computed */
  static async compile(
    runtime: GraphRuntime,
    { spec, tensors }: ModelWeights,
    adapter: Adapter,
    store: StateStore,
    known: KnownStates | undefined,
  ): Promise<ExitStates> {
    const { streams } = adapter;
    const graph = buildLowerGraph({ spec, streams });
    const hidden = passNames.hidden(insertionLayer(spec.layers, streams));
    const all = [...tensors, ...adapter.tensors];
    const constants = new Map(all.filter(([name]) => graph.parameters.includes(name)));
    const compiled = await runtime.compile(graph, { constants, outputs: [hidden] });
    return new ExitStates(hidden, compiled, spec.hiddenSize, store, known);
  }

  /** Of the rows that predict the completion's tokens: [completion's length, hidden] */
  async of(prompt: ArrayLike<number>, completion: ArrayLike<number>): Promise<Float32Array> {
    const ofPrompt = this.#kept.get(prompt) ?? new Map<ArrayLike<number>, StateHandle>();
    this.#kept.set(prompt, ofPrompt);
    const handle = ofPrompt.get(completion);
    if (handle !== undefined) return this.store.get(handle);
    const computed = await this.#compute({ prompt, completions: [completion] });
    ofPrompt.set(completion, await this.store.put(computed));
    return computed;
  }

  async #compute(text: TrainingExample): Promise<Float32Array> {
    const forest = growForest(text);
    const [{ start, targets }] = forest.branches as [Branch];
    const states =
      (await this.known?.of(text.prompt, targets)) ??
      ((await this.compiled.run(knownInputs(this.compiled.graph, mainRowInputs([forest]))))[this.hidden] as Tensor)
        .data;
    return Float32Array.from(states.subarray(start * this.hiddenSize, (start + targets.length) * this.hiddenSize));
  }

  async dispose(): Promise<void> {
    await this.compiled.dispose();
    await this.store.dispose();
  }
}
