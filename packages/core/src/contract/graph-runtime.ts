import type { Graph } from "../graph/index.js";
import type { WeightTensor } from "../model/index.js";

/** A tensor in memory, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Float64Array;
}

export interface CompileOptions {
  /** Parameters whose values never change, by name. Those left out are given with every run. */
  readonly constants?: ReadonlyMap<string, WeightTensor>;
  /** Outputs to compute; all of the graph's when absent. */
  readonly outputs?: readonly string[];
  /** Runs take a handful of rows, so that threads bring little: a hint. */
  readonly fewRows?: boolean;
  /**
   * Whoever runs the graph reads the `data` of its outputs anew each time, and says by `release` when it needs them no more, so
   * that a runtime may leave them where they are until then. No run is given tensors to write into.
   */
  readonly fleeting?: boolean;
}

/** A graph made ready to run. One run at a time. */
export interface CompiledGraph {
  readonly graph: Graph;
  /**
   * @param inputs every input of the graph, and every parameter that was not given as a constant.
   * @param into tensors to write outputs into, by output name, where the caller knows their shapes.
   * @throws InvalidArgumentError for a missing, surplus or wrongly shaped input; BackendFailedError when the runtime fails.
   */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>>;
  /** Nobody will read what a run of a `fleeting` graph gave. */
  release?(outputs: Readonly<Record<string, Tensor>>): void;
  dispose(): Promise<void>;
}

/** What can run graphs: the reference interpreter, ONNX Runtime, ... Training is given one and imports none. */
export interface GraphRuntime {
  readonly name: string;
  compile(graph: Graph, options?: CompileOptions): Promise<CompiledGraph>;
}
