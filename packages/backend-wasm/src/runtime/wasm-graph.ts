import { type CompiledGraph, DisposedError, type Graph, InvalidArgumentError, type Tensor } from "@anabranch/core";
import { checkInputs } from "@anabranch/graph-backend";
import { HeldTensor } from "../memory/held-tensors.js";
import { freePlan, type Plan, type PlannedOutput } from "../plan/plan.js";
import type { PlannedGraph } from "../plan/plan-graph.js";
import { feedPlan } from "./feed-plan.js";
import type { WasmEngine } from "./wasm-engine.js";

/** Plans that a graph keeps: one for each number of rows that comes again and again. */
const KEPT_PLANS = 24;

/** What a compiled graph keeps. */
export interface WasmGraphParts extends PlannedGraph {
  readonly engine: WasmEngine;
  /** Everything that a run must be given. */
  readonly expected: ReadonlySet<string>;
  /** Frees the weights that are this graph's own. */
  free(): void;
}

/** A graph whose runs are plans in the heap, one for each set of shapes. */
export class WasmGraph implements CompiledGraph {
  readonly graph: Graph;
  readonly #parts: WasmGraphParts;
  /** By the lengths of the graph's symbols; the latest used stands last. */
  readonly #plans = new Map<string, Plan>();
  #generation = 0;
  #disposed = false;

  constructor(parts: WasmGraphParts) {
    this.#parts = parts;
    this.graph = parts.graph;
  }

  /** Blocks the thread while the kernels compute. */
  async run(
    inputs: Readonly<Record<string, Tensor>>,
    into: Readonly<Record<string, Tensor>> = {},
  ): Promise<Record<string, Tensor>> {
    if (this.#disposed) throw new DisposedError(`The graph ${this.graph.name} was disposed.`);
    const { engine, heap, expected } = this.#parts;
    const symbols = new Map<string, number>();
    checkInputs(this.graph, expected, inputs, symbols);
    const plan = this.#planFor(symbols, inputs);
    feedPlan(heap, plan, inputs);
    engine.run(plan.steps);
    const outputs: Record<string, Tensor> = {};
    for (const output of plan.outputs) outputs[output.name] = this.#take(output, into[output.name]);
    return outputs;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#forget();
    this.#parts.free();
  }

  #planFor(symbols: ReadonlyMap<string, number>, inputs: Readonly<Record<string, Tensor>>): Plan {
    const { engine, heap } = this.#parts;
    // Whoever needed a larger arena moved it, and no plan made before knows.
    if (this.#generation !== engine.arenaGeneration) this.#forget();
    const key = [...symbols.values()].join();
    const known = this.#plans.get(key);
    if (known !== undefined) {
      this.#plans.delete(key);
      this.#plans.set(key, known);
      return known;
    }
    const held = new Set([...this.#parts.expected].filter((name) => inputs[name] instanceof HeldTensor));
    const plan = engine.plan(this.#parts, { symbols, held });
    if (this.#generation !== engine.arenaGeneration) this.#forget();
    this.#generation = engine.arenaGeneration;
    this.#plans.set(key, plan);
    const [oldest] = this.#plans;
    if (this.#plans.size > KEPT_PLANS && oldest !== undefined) {
      this.#plans.delete(oldest[0]);
      freePlan(heap, oldest[1]);
    }
    return plan;
  }

  #forget(): void {
    for (const plan of this.#plans.values()) freePlan(this.#parts.heap, plan);
    this.#plans.clear();
    this.#generation = this.#parts.engine.arenaGeneration;
  }

  /** An output out of the arena, which the next run overwrites. */
  #take({ name, at, dtype }: PlannedOutput, into: Tensor | undefined): Tensor {
    const { heap } = this.#parts;
    const length = at.rows * at.features;
    const data = dtype === "i32" ? heap.ints(at.address, length) : heap.floats(at.address, length);
    if (into === undefined) return { shape: at.shape, data: data.slice() };
    if (into.data.length !== length) {
      throw new InvalidArgumentError(`${name} is [${at.shape}], the tensor to write it into is [${into.shape}].`, {
        subject: name,
      });
    }
    into.data.set(data);
    return into;
  }
}
