import { availableParallelism } from "node:os";
import {
  BackendFailedError,
  type CompiledGraph,
  type CompileOptions,
  dataLength,
  type Graph,
  type GraphRuntime,
  type GraphValue,
  ShapeMismatchError,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import { InferenceSession } from "onnxruntime-node";
import type { FineRows } from "../lowering/fine-rows.js";
import type { Fusion } from "../lowering/fusion.js";
import { type LoweredGraph, lowerGraph } from "../lowering/lower-graph.js";
import { messageOf, OnnxGraph } from "./onnx-graph.js";

export interface OnnxRuntimeOptions {
  /** Threads of one operation; as many as the machine runs at once when absent. */
  readonly threads?: number;
  /** What rows keep where they meet weights of 8 or 4 bits; int8 when absent. */
  readonly rowPrecision?: RowPrecision;
  /** Fusions to leave out, for measuring what they bring. */
  readonly without?: readonly Fusion[];
}

/**
 * What a row's numbers are rounded to in a product with weights of 8 or 4 bits.
 *
 * - int8: 8 bits by block of the weights. The fastest; changes a linear map's result by up to 1e-2 of its largest value.
 * - mixed: int16 in the products that make queries, keys and values, where rounding hurts most for what it costs; int8 in the others.
 * - int16: twice 8 bits, the second for what the first left over; the result is float32's but for about 1e-4. The weights are
 *   still read once, but a product counts twice as many rows, so long prompts take twice the time.
 * - float32: the weights are spread out to float32 when a graph is compiled, four times the memory, so that nothing but they
 *   was rounded.
 */
export type RowPrecision = "int8" | "mixed" | "int16" | "float32";

const FINE: { readonly [Name in RowPrecision]: FineRows } = {
  int8: "none",
  mixed: "attention",
  int16: "all",
  float32: "none",
};

/** Runs graphs with ONNX Runtime on the processor, in float32. A run blocks its thread: give it a worker where that matters. */
export function createOnnxRuntime(options: OnnxRuntimeOptions = {}): GraphRuntime {
  return {
    name: "onnx",
    compile: (graph, compileOptions = {}) => compile(graph, compileOptions, options),
  };
}

async function compile(graph: Graph, options: CompileOptions, runtime: OnnxRuntimeOptions): Promise<CompiledGraph> {
  const { rowPrecision = "int8", without = [] } = runtime;
  const constants = usedConstants(graph, options.constants, rowPrecision === "float32");
  const lowered = lowerGraph(graph, { ...options, constants, fineRows: FINE[rowPrecision], without });
  const session = await createSession(graph, lowered, threadsFor(options, runtime));
  const expected = new Set([...graph.inputs, ...graph.parameters.filter((name) => !constants.has(name))]);
  return new OnnxGraph(graph, {
    session,
    expected,
    fed: lowered.inputs,
    outputs: lowered.outputs,
    stacks: lowered.stacks,
    settled: new Map([...lowered.ones].map((symbol) => [symbol, 1])),
  });
}

/** A model's weights may be given whole: what the graph does not use is left alone. */
function usedConstants(
  graph: Graph,
  constants: ReadonlyMap<string, WeightTensor> | undefined,
  asFloat32: boolean,
): ReadonlyMap<string, WeightTensor> {
  const used = new Map<string, WeightTensor>();
  for (const name of graph.parameters) {
    const tensor = constants?.get(name);
    if (tensor === undefined) continue;
    const expected = (graph.values[name] as GraphValue).shape;
    // The arrays of a tensor in a file are not read here: that is left to ONNX Runtime.
    const isWhole = tensor.stored !== undefined || tensor.data.length === dataLength(tensor);
    if (tensor.shape.join() !== expected.join() || !isWhole) {
      const message = `${name} is [${tensor.shape}] with ${tensor.data.length} numbers, the graph wants [${expected}].`;
      throw new ShapeMismatchError(message, { subject: name });
    }
    const dense = asFloat32 && tensor.format !== "f32";
    used.set(name, dense ? { format: "f32", shape: tensor.shape, data: toFloat32(tensor) } : tensor);
  }
  return used;
}

/**
 * Every session has threads of its own, which go on spinning for milliseconds after a run. Where the graphs of one step
 * take turns, threads of the one would keep a processor from the other: so only graphs with many rows have them.
 */
function threadsFor({ fewRows }: CompileOptions, { threads }: OnnxRuntimeOptions): number {
  return fewRows === true ? 1 : (threads ?? availableParallelism());
}

async function createSession(graph: Graph, lowered: LoweredGraph, threads: number): Promise<InferenceSession> {
  const folder = lowered.weightsFolder;
  try {
    return await InferenceSession.create(lowered.model, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      // Fatal only: what goes wrong is thrown, and not printed as well.
      logSeverityLevel: 4,
      ...(folder === undefined ? {} : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
    });
  } catch (cause) {
    throw new BackendFailedError(`ONNX Runtime does not take the graph ${graph.name}: ${messageOf(cause)}`, {
      subject: graph.name,
      cause,
    });
  }
}
