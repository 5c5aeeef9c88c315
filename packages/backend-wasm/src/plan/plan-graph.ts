import type { Graph } from "@anabranch/core";
import type { Kernels } from "../kernels.js";
import type { Heap } from "../memory/heap.js";
import type { StoredWeight, TiledMatrix, WeightLayout } from "../weights/stored-weight.js";
import type { Lifetimes } from "./lifetimes.js";
import { loweringOf } from "./lower-node.js";
import type { Lowering } from "./lowering.js";
import type { Plan } from "./plan.js";
import { PlanBuilder } from "./plan-builder.js";

/** What plans of one graph have in common. */
export interface PlannedGraph {
  readonly graph: Graph;
  /** Names of the outputs that are computed. */
  readonly outputs: readonly string[];
  /** Of the graph with these outputs. */
  readonly lifetimes: Lifetimes;
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly threads: number;
  readonly weight: (name: string, layout: WeightLayout) => StoredWeight | undefined;
  readonly rowBits: (matrix: TiledMatrix, parameter: string) => ReturnType<Lowering["rowBits"]>;
}

/** What one plan is made for. */
export interface PlanRequest {
  /** Lengths of the graph's symbols. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Inputs that lie in the heap. */
  readonly held: ReadonlySet<string>;
  /** Where the arena begins. */
  readonly base: number;
}

/**
 * Lays a graph out for one set of shapes. Values have places for as long as they are read; the plan may run once its arena
 * is as large as it says.
 *
 * @throws UnsupportedError for an operation or a use of one that this backend does not have
 */
export function planGraph(planned: PlannedGraph, request: PlanRequest): Plan {
  const { graph, lifetimes } = planned;
  const followed = followable(graph, lifetimes, request.held);
  const builder = new PlanBuilder(planned, { ...request, followed });
  try {
    lifetimes.nodes.forEach((node, index) => {
      builder.begin(index);
      loweringOf(node.op)(node, builder);
      builder.end(node);
    });
    return builder.finish();
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/** Inputs in the heap that are read nowhere but as keys and values by heads, which may be anywhere. */
function followable({ inputs }: Graph, { nodes }: Lifetimes, held: ReadonlySet<string>): ReadonlySet<string> {
  const followed = new Set(inputs.filter((name) => held.has(name)));
  for (const node of nodes) {
    node.inputs.forEach((name, index) => {
      const isKeys = node.op === "attend" && index > 0 && (index - 1) % 3 < 2;
      if (!isKeys) followed.delete(name);
    });
  }
  return followed;
}
