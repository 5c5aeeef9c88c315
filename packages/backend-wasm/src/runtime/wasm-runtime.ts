import {
  type CompiledGraph,
  type CompileOptions,
  type Graph,
  type GraphValue,
  type ModelWeights,
  ShapeMismatchError,
  throwIfAborted,
  type WeightTensor,
} from "@anabranch/core";
import type { ModelRuntime, OpenRuntime } from "@anabranch/graph-backend";
import type { Kernels } from "../kernels.js";
import { compileKernels, instantiateKernels } from "../load-kernels.js";
import { HEAP_LIMIT, Heap } from "../memory/heap.js";
import { heldTensors } from "../memory/held-tensors.js";
import { lifetimesOf } from "../plan/lifetimes.js";
import { ThreadPool } from "../threads/thread-pool.js";
import { threadsFor } from "../threads/threads-for.js";
import { storedBytes, storeWeight, tooLarge } from "../weights/store-weight.js";
import type { StoredWeight, WeightLayout } from "../weights/stored-weight.js";
import { type RowPrecision, rowBits } from "./row-precision.js";
import { WasmEngine } from "./wasm-engine.js";
import { WasmGraph } from "./wasm-graph.js";

export interface WasmRuntimeOptions {
  readonly threads: number | undefined;
  readonly rowPrecision: RowPrecision;
}

/** Opens runtimes that run graphs with our own kernels, one for each model: memory, workers and weights are its own. */
export function openWasmRuntime({ threads, rowPrecision }: WasmRuntimeOptions): OpenRuntime {
  return async (weights, call) => {
    const chosen = threadsFor(threads);
    const shared = chosen.threads > 1;
    const module = await compileKernels({ shared });
    const heap = new Heap(shared);
    const kernels = instantiateKernels(module, heap.memory);
    requireRoom(kernels, weights);
    const pool = await ThreadPool.start(chosen.threads, kernels, heap, module);
    try {
      const stored = new Map<string, StoredWeight>();
      for (const [name, tensor] of weights.tensors) {
        throwIfAborted(call?.signal, "Loading a model");
        stored.set(name, storeWeight(pool, name, tensor, layoutOf(tensor)));
      }
      return new WasmRuntime(pool, stored, rowPrecision, chosen.warnings);
    } catch (error) {
      await pool.stop();
      throw error;
    }
  };
}

/** A plan is made for one number of slots, which takes as long as half a pass: most turns of a chat find theirs made. */
const FEWEST_SLOTS = 256;

class WasmRuntime implements ModelRuntime {
  readonly name = "wasm";
  readonly fewestSlots = FEWEST_SLOTS;
  readonly tensors;
  readonly #engine: WasmEngine;

  constructor(
    readonly pool: ThreadPool,
    readonly weights: ReadonlyMap<string, StoredWeight>,
    readonly rowPrecision: RowPrecision,
    readonly warnings: readonly string[],
  ) {
    this.tensors = heldTensors(pool.heap, pool.kernels);
    this.#engine = new WasmEngine(pool);
  }

  weightFormat(name: string): WeightTensor["format"] {
    const held = this.weights.get(name);
    return held?.layout === "tiles" ? held.format : "f32";
  }

  async compile(
    graph: Graph,
    { constants = new Map(), outputs, fleeting = false }: CompileOptions = {},
  ): Promise<CompiledGraph> {
    const { pool, rowPrecision } = this;
    const { heap, kernels, threads } = pool;
    const own = new Map<string, StoredWeight>();
    for (const name of graph.parameters) checkShape(graph, name, constants.get(name));
    const weight = (name: string, layout: WeightLayout): StoredWeight | undefined => {
      const tensor = constants.get(name);
      if (tensor === undefined) return this.#held(name, layout);
      const known = own.get(`${layout} ${name}`);
      if (known !== undefined) return known;
      const stored = storeWeight(pool, name, tensor, layout);
      own.set(`${layout} ${name}`, stored);
      return stored;
    };
    const isConstant = (name: string): boolean => constants.has(name) || this.weights.has(name);
    const wanted = outputs ?? Object.keys(graph.outputs);
    return new WasmGraph({
      ...{ graph, heap, kernels, threads, weight, engine: this.#engine, fleeting },
      outputs: wanted,
      lifetimes: lifetimesOf(graph, wanted),
      rowBits: rowBits(rowPrecision),
      expected: new Set([...graph.inputs, ...graph.parameters.filter((name) => !isConstant(name))]),
      free: () => {
        for (const { address } of own.values()) heap.free(address);
      },
    });
  }

  async dispose(): Promise<void> {
    await this.pool.stop();
    this.#engine.dispose();
    for (const { address } of this.weights.values()) this.pool.heap.free(address);
  }

  #held(name: string, layout: WeightLayout): StoredWeight | undefined {
    const held = this.weights.get(name);
    if (held === undefined || held.layout === layout) return held;
    throw new ShapeMismatchError(`${name} lies in ${held.layout}, and a graph wants it ${layout}.`, { subject: name });
  }
}

/** A model's matrices are multiplied or gathered; what has one axis is read as it is. */
function layoutOf({ shape }: WeightTensor): WeightLayout {
  return shape.length === 2 ? "tiles" : "plain";
}

/** Says so before gigabytes were moved. */
function requireRoom(kernels: Kernels, { spec, tensors }: ModelWeights): void {
  let bytes = 0;
  for (const tensor of tensors.values()) bytes += storedBytes(kernels, tensor, layoutOf(tensor));
  if (bytes >= HEAP_LIMIT) throw tooLarge(`The ${spec.family} model of ${(bytes / 2 ** 30).toFixed(1)} GiB`);
}

function checkShape(graph: Graph, name: string, tensor: WeightTensor | undefined): void {
  if (tensor === undefined) return;
  const { shape } = graph.values[name] as GraphValue;
  if (tensor.shape.join() === shape.join()) return;
  throw new ShapeMismatchError(`${name} is [${tensor.shape}], the graph wants [${shape}].`, { subject: name });
}
