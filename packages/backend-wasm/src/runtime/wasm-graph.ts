import { type CompiledGraph, DisposedError, type Graph, type Tensor } from "@anabranch/core";
import { checkInputs } from "@anabranch/graph-backend";
import { HeldTensor } from "../memory/held-tensors.js";
import { freePlan, type Plan } from "../plan/plan.js";
import type { PlannedGraph } from "../plan/plan-graph.js";
import { followInputs } from "./feed-plan.js";
import { LentOutputs } from "./lent-outputs.js";
import { takeOutputs } from "./take-outputs.js";
import type { WasmEngine } from "./wasm-engine.js";

/** Plans that a graph keeps: one for each number of rows that comes again and again, drafts have up to 32. */
const KEPT_PLANS = 48;

/** What a compiled graph keeps. */
export interface WasmGraphParts extends PlannedGraph {
  readonly engine: WasmEngine;
  /** Everything that a run must be given. */
  readonly expected: ReadonlySet<string>;
  /** See `CompileOptions.fleeting`. */
  readonly fleeting: boolean;
  /** Frees the weights that are this graph's own. */
  free(): void;
}

/** A plan, and what it was last run with. */
interface KeptPlan {
  /** The lengths of the graph's symbols. */
  readonly key: string;
  readonly plan: Plan;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly names: readonly string[];
  /** By name. */
  readonly tensors: readonly Tensor[];
  /** What its latest run lent. */
  lent?: LentOutputs;
}

/** A graph whose runs are plans in the heap, one for each set of shapes. */
export class WasmGraph implements CompiledGraph {
  readonly graph: Graph;
  readonly #parts: WasmGraphParts;
  /** The latest used stands first: the next run is mostly like it. */
  #plans: readonly KeptPlan[] = [];
  /** Outputs that are lent, by what was handed out. */
  readonly #lent = new WeakMap<Readonly<Record<string, Tensor>>, LentOutputs>();
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
    const { engine, heap, fleeting } = this.#parts;
    const kept = this.#planFor(inputs);
    const { plan } = kept;
    if (!fleeting) {
      engine.run(plan, inputs);
      return takeOutputs(heap, plan.outputs, into);
    }
    const lent = kept.lent?.free === true ? kept.lent : new LentOutputs(heap, plan.outputs);
    kept.lent = lent;
    engine.run(plan, inputs, lent);
    this.#lent.set(lent.tensors, lent);
    return lent.lend();
  }

  release(outputs: Readonly<Record<string, Tensor>>): void {
    this.#lent.get(outputs)?.release();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#forget();
    this.#parts.free();
  }

  /** @throws InvalidArgumentError for inputs that do not fit the graph */
  #planFor(inputs: Readonly<Record<string, Tensor>>): KeptPlan {
    const { engine, heap, expected } = this.#parts;
    // Whoever needed a larger arena moved it, and no plan made before knows.
    if (this.#generation !== engine.arenaGeneration) this.#forget();
    // A run is mostly given the tensors of an earlier one, with other numbers in them: most tell at the first that they are others.
    const same = this.#plans.find((kept) => areSame(kept, inputs));
    if (same !== undefined) return this.#use(same);
    const symbols = new Map<string, number>();
    checkInputs(this.graph, expected, inputs, symbols);
    const key = [...symbols.values()].join();
    const known = this.#plans.find((kept) => kept.key === key);
    const plan = known?.plan ?? engine.plan(this.#parts, { symbols, held: this.#heldAmong(inputs) });
    if (this.#generation !== engine.arenaGeneration) this.#forget();
    followInputs(heap, plan, inputs);
    const used = this.#use({ ...known, key, plan, inputs, names: Object.keys(inputs), tensors: Object.values(inputs) });
    for (const oldest of this.#plans.slice(KEPT_PLANS)) freePlan(heap, oldest.plan);
    this.#plans = this.#plans.slice(0, KEPT_PLANS);
    return used;
  }

  #use(kept: KeptPlan): KeptPlan {
    if (this.#plans[0] !== kept) this.#plans = [kept, ...this.#plans.filter(({ key }) => key !== kept.key)];
    return kept;
  }

  #heldAmong(inputs: Readonly<Record<string, Tensor>>): ReadonlySet<string> {
    return new Set([...this.#parts.expected].filter((name) => inputs[name] instanceof HeldTensor));
  }

  #forget(): void {
    for (const { plan } of this.#plans) freePlan(this.#parts.heap, plan);
    this.#plans = [];
    this.#generation = this.#parts.engine.arenaGeneration;
  }
}

/** Whether a run is given the very tensors of an earlier one, which were checked. */
function areSame({ inputs: earlier, names, tensors }: KeptPlan, inputs: Readonly<Record<string, Tensor>>): boolean {
  for (let at = 0; at < names.length; at++) if (inputs[names[at] as string] !== tensors[at]) return false;
  return inputs === earlier || Object.keys(inputs).length === names.length;
}
