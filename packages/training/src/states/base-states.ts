import type { CompiledGraph, GraphRuntime, ModelWeights, StreamSpec, Tensor } from "@anabranch/core";
import { type Forest, growForest, mainRowInputs, type TrainingExample } from "../batches/index.js";
import { type BaseStatesGraph, baseStatesGraph } from "../graphs/index.js";
import type { StateHandle, StateStore } from "./state-store.js";

/** Some rows' states: at stream insertion [rows, hidden] (branch rows only), then each MSA layer's keys and values [rows, kv width]. */
export interface RowStates {
  readonly rows: number;
  readonly hidden: Float32Array | undefined;
  readonly keysAndValues: readonly Float32Array[];
}

/** A forest with the base model's states of its shared rows and of each branch. */
export interface ForestStates {
  readonly forest: Forest;
  readonly shared: RowStates;
  readonly branches: readonly RowStates[];
}

interface Widths {
  readonly hidden: number;
  readonly kv: number;
  readonly layers: number;
}

/**
 * The base model's states, computed once for each prompt and each completion and then kept: in lossless mode nothing that
 * learns changes them, and a branch's do not depend on its siblings, so any grouping of completions can use them.
 */
export class BaseStates {
  readonly #prompts = new Map<ArrayLike<number>, StateHandle>();
  readonly #branches = new Map<ArrayLike<number>, Map<ArrayLike<number>, StateHandle>>();

  private constructor(
    readonly store: StateStore,
    readonly outputs: BaseStatesGraph,
    readonly compiled: CompiledGraph,
    readonly widths: Widths,
  ) {}

  static async compile(
    runtime: GraphRuntime,
    { spec, tensors }: ModelWeights,
    streams: StreamSpec,
    store: StateStore,
  ): Promise<BaseStates> {
    const outputs = baseStatesGraph(spec, streams);
    const constants = new Map([...tensors].filter(([name]) => outputs.graph.parameters.includes(name)));
    const wanted = [outputs.hidden, ...outputs.keysAndValues.flatMap(({ keys, values }) => [keys, values])];
    const compiled = await runtime.compile(outputs.graph, { constants, outputs: wanted });
    const widths = { hidden: spec.hiddenSize, kv: spec.kvHeads * spec.headSize, layers: streams.msaLayers };
    return new BaseStates(store, outputs, compiled, widths);
  }

  /** States of the examples, in their order; those not yet kept come out of one pass. */
  async of(examples: readonly TrainingExample[]): Promise<ForestStates[]> {
    const missing = examples.filter(({ prompt, completions }) =>
      completions.some((completion) => this.#branches.get(prompt)?.has(completion) !== true),
    );
    if (missing.length > 0) await this.#compute(missing);
    return Promise.all(examples.map((example) => this.#load(example)));
  }

  async dispose(): Promise<void> {
    await this.compiled.dispose();
    await this.store.dispose();
  }

  async #compute(examples: readonly TrainingExample[]): Promise<void> {
    const forests = examples.map(growForest);
    const outputs = await this.compiled.run(mainRowInputs(forests));
    for (const [entry, { prompt, completions }] of examples.entries()) {
      const { shared, branches } = forests[entry] as Forest;
      if (!this.#prompts.has(prompt)) {
        this.#prompts.set(prompt, await this.store.put(this.#cut(outputs, entry, 0, shared, false)));
      }
      const known = this.#branches.get(prompt) ?? new Map<ArrayLike<number>, StateHandle>();
      this.#branches.set(prompt, known);
      for (const [index, { start, targets }] of branches.entries()) {
        const states = this.#cut(outputs, entry, start, targets.length, true);
        known.set(completions[index] as ArrayLike<number>, await this.store.put(states));
      }
    }
  }

  /** Rows of an entry out of a run's outputs, as one array. */
  #cut(
    outputs: Readonly<Record<string, Tensor>>,
    entry: number,
    start: number,
    rows: number,
    withHidden: boolean,
  ): Float32Array {
    const names = this.outputs.keysAndValues.flatMap(({ keys, values }) => [keys, values]);
    if (withHidden) names.unshift(this.outputs.hidden);
    const parts = names.map((name) => {
      const { shape, data } = outputs[name] as Tensor;
      const [, length, width] = shape as readonly [number, number, number];
      const from = (entry * length + start) * width;
      return data.subarray(from, from + rows * width);
    });
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  async #load(example: TrainingExample): Promise<ForestStates> {
    const forest = growForest(example);
    const known = this.#branches.get(example.prompt);
    const shared = await this.store.get(this.#prompts.get(example.prompt) as StateHandle);
    const branches = await Promise.all(
      example.completions.map((completion) => this.store.get(known?.get(completion) as StateHandle)),
    );
    return {
      forest,
      shared: this.#part(shared, forest.shared, false),
      branches: branches.map((data, index) => this.#part(data, example.completions[index]?.length as number, true)),
    };
  }

  #part(data: Float32Array, rows: number, withHidden: boolean): RowStates {
    const { hidden, kv, layers } = this.widths;
    const before = withHidden ? rows * hidden : 0;
    return {
      rows,
      hidden: withHidden ? data.subarray(0, before) : undefined,
      keysAndValues: Array.from({ length: 2 * layers }, (_, part) =>
        data.subarray(before + part * rows * kv, before + (part + 1) * rows * kv),
      ),
    };
  }
}
