import type { CompiledGraph, Graph, GraphRuntime, ModelWeights, StreamSpec, Tensor } from "@anabranch/core";
import { type Forest, growForest, mainRowInputs, type TrainingExample } from "../batches/index.js";
import { type BaseStatesGraph, baseStatesGraph, knownInputs } from "../graphs/index.js";
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

/** States at stream insertion that were kept when a text was written. */
export interface KnownStates {
  /** Of the prompt's rows and the completion's but its last, [rows, hidden]; undefined where they are not known. */
  of(prompt: ArrayLike<number>, completion: ArrayLike<number>): Promise<Float32Array | undefined>;
}

export interface BaseStatesOptions {
  readonly store: StateStore;
  /** Every example that states will be asked for. */
  readonly sources: readonly TrainingExample[];
  readonly known?: KnownStates;
}

interface Widths {
  readonly hidden: number;
  readonly kv: number;
  readonly layers: number;
}

/** Completions that go through the base model together with their prompt. */
const COMPLETIONS_A_PASS = 8;

/**
 * The base model's states, computed once for each prompt and each completion and then kept: in lossless mode nothing that
 * learns changes them, and a branch's do not depend on its siblings, so any grouping of completions can use them.
 *
 * What shares a pass follows from the data alone, never from the order of training: a runtime's last bits depend on the
 * shape of a pass, and a resumed run must find the states that an uninterrupted one would.
 */
export class BaseStates {
  /** The pass that a completion belongs to. */
  readonly #passes = new Map<ArrayLike<number>, Map<ArrayLike<number>, TrainingExample>>();
  readonly #prompts = new Map<ArrayLike<number>, StateHandle>();
  readonly #branches = new Map<ArrayLike<number>, Map<ArrayLike<number>, StateHandle>>();

  readonly #known: KnownStates | undefined;

  private constructor(
    readonly store: StateStore,
    readonly outputs: BaseStatesGraph,
    readonly compiled: { readonly whole: CompiledGraph; readonly upper: CompiledGraph | undefined },
    readonly widths: Widths,
    { sources, known }: BaseStatesOptions,
  ) {
    this.#known = known;
    for (const source of sources) this.#assign(source);
  }

  static async compile(
    runtime: GraphRuntime,
    { spec, tensors }: ModelWeights,
    streams: StreamSpec,
    options: BaseStatesOptions,
  ): Promise<BaseStates> {
    const { store, known } = options;
    const outputs = baseStatesGraph(spec, streams);
    const keysAndValues = outputs.keysAndValues.flatMap(({ keys, values }) => [keys, values]);
    const compile = (graph: Graph, wanted: readonly string[]): Promise<CompiledGraph> => {
      const constants = new Map([...tensors].filter(([name]) => graph.parameters.includes(name)));
      return runtime.compile(graph, { constants, outputs: wanted });
    };
    const compiled = {
      whole: await compile(outputs.graph, [outputs.hidden, ...keysAndValues]),
      upper: known === undefined ? undefined : await compile(outputs.upper, keysAndValues),
    };
    const widths = { hidden: spec.hiddenSize, kv: spec.kvHeads * spec.headSize, layers: streams.msaLayers };
    return new BaseStates(store, outputs, compiled, widths, options);
  }

  /** States of the examples, in their order; those not yet kept are computed. */
  async of(examples: readonly TrainingExample[]): Promise<ForestStates[]> {
    for (const { prompt, completions } of examples) {
      for (const completion of completions) {
        if (this.#branches.get(prompt)?.has(completion) === true) continue;
        await this.#compute(this.#passes.get(prompt)?.get(completion) as TrainingExample);
      }
    }
    return Promise.all(examples.map((example) => this.#load(example)));
  }

  async dispose(): Promise<void> {
    await this.compiled.whole.dispose();
    await this.compiled.upper?.dispose();
    await this.store.dispose();
  }

  #assign({ prompt, completions }: TrainingExample): void {
    const passes = this.#passes.get(prompt) ?? new Map<ArrayLike<number>, TrainingExample>();
    this.#passes.set(prompt, passes);
    for (let from = 0; from < completions.length; from += COMPLETIONS_A_PASS) {
      const pass = { prompt, completions: completions.slice(from, from + COMPLETIONS_A_PASS) };
      for (const completion of pass.completions) passes.set(completion, pass);
    }
  }

  async #compute(pass: TrainingExample): Promise<void> {
    const { prompt, completions } = pass;
    const forest = growForest(pass);
    const { shared, branches } = forest;
    const outputs = await this.#run(pass, forest);
    if (!this.#prompts.has(prompt)) {
      this.#prompts.set(prompt, await this.store.put(this.#cut(outputs, 0, shared, false)));
    }
    const known = this.#branches.get(prompt) ?? new Map<ArrayLike<number>, StateHandle>();
    this.#branches.set(prompt, known);
    for (const [index, { start, targets }] of branches.entries()) {
      const states = this.#cut(outputs, start, targets.length, true);
      known.set(completions[index] as ArrayLike<number>, await this.store.put(states));
    }
  }

  async #run({ prompt, completions }: TrainingExample, forest: Forest): Promise<Readonly<Record<string, Tensor>>> {
    const { whole, upper } = this.compiled;
    const inputs = mainRowInputs([forest]);
    const [only] = completions;
    const known = completions.length === 1 && only !== undefined ? await this.#known?.of(prompt, only) : undefined;
    if (known === undefined || upper === undefined) return whole.run(inputs);
    const hidden = { shape: [1, forest.tokens.length, this.widths.hidden], data: known };
    const given = { ...inputs, [this.outputs.hidden]: hidden };
    return { [this.outputs.hidden]: hidden, ...(await upper.run(knownInputs(upper.graph, given))) };
  }

  /** Rows out of a run's outputs, as one array. */
  #cut(outputs: Readonly<Record<string, Tensor>>, start: number, rows: number, withHidden: boolean): Float32Array {
    const names = this.outputs.keysAndValues.flatMap(({ keys, values }) => [keys, values]);
    if (withHidden) names.unshift(this.outputs.hidden);
    const parts = names.map((name) => {
      const { shape, data } = outputs[name] as Tensor;
      const width = shape[2] as number;
      return data.subarray(start * width, (start + rows) * width);
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
