import { ContextOverflowError, type Tensor } from "@anabranch/core";
import { type Heap, OutOfMemory } from "../memory/heap.js";
import type { Plan } from "../plan/plan.js";
import { freePlan } from "../plan/plan.js";
import { type PlannedGraph, type PlanRequest, planGraph } from "../plan/plan-graph.js";
import type { ThreadPool } from "../threads/thread-pool.js";
import { copyInputs } from "./feed-plan.js";
import type { LentOutputs } from "./lent-outputs.js";

/** Runs plans one at a time, all in one arena: what a plan computes lies there until the next runs. */
export class WasmEngine {
  readonly heap: Heap;
  #arena: { address: number; bytes: number } | undefined;
  #generation = 0;
  /** What the latest run left in the arena, where somebody may read it there. */
  #lent: LentOutputs | undefined;

  constructor(readonly pool: ThreadPool) {
    this.heap = pool.heap;
  }

  /** Changes when the arena moves: plans that were made before are worth nothing then. */
  get arenaGeneration(): number {
    return this.#generation;
  }

  /**
   * Plans a graph. The arena grows to what the plan needs.
   *
   * @throws ContextOverflowError when the heap has no room for it
   */
  plan(graph: PlannedGraph, request: Omit<PlanRequest, "base">): Plan {
    try {
      return this.#planInArena(graph, request);
    } catch (cause) {
      if (!(cause instanceof OutOfMemory)) throw cause;
      throw new ContextOverflowError("What a pass computes does not fit into WebAssembly's memory.", {
        subject: "memory",
        cure: "Run fewer rows in a pass, or dispose sequences that are done.",
        cause,
      });
    }
  }

  #planInArena(graph: PlannedGraph, request: Omit<PlanRequest, "base">): Plan {
    const base = this.#arena?.address ?? 0;
    const plan = planGraph(graph, { ...request, base });
    if (plan.arenaBytes <= (this.#arena?.bytes ?? -1)) return plan;
    freePlan(this.heap, plan);
    this.#grow(plan.arenaBytes);
    return planGraph(graph, { ...request, base: (this.#arena as { address: number }).address });
  }

  /**
   * @param plan one that knows already where the tensors are that it follows
   * @param lent the plan's outputs, where they are to be read in the arena until the next run
   */
  run(plan: Plan, inputs: Readonly<Record<string, Tensor>>, lent?: LentOutputs): void {
    this.#keepLent();
    copyInputs(this.heap, plan, inputs);
    this.pool.run(plan.steps);
    this.#lent = lent;
  }

  dispose(): void {
    this.#keepLent();
    if (this.#arena !== undefined) this.heap.free(this.#arena.address);
    this.#arena = undefined;
  }

  #keepLent(): void {
    this.#lent?.keep();
    this.#lent = undefined;
  }

  #grow(bytes: number): void {
    this.#keepLent();
    const before = this.#arena;
    if (before !== undefined) this.heap.free(before.address);
    this.#arena = undefined;
    this.#generation++;
    // Half as much again: prompts come in pieces of growing size.
    const size = Math.max(bytes, Math.min(1.5 * (before?.bytes ?? 0), bytes + 2 ** 24));
    this.#arena = { address: this.heap.allocate(size), bytes: size };
  }
}
