import type { CompiledGraph, CompileOptions, GraphRuntime, Tensor } from "../contract/index.js";
import { DisposedError, InvalidArgumentError } from "../errors/index.js";
import type { Graph, GraphValue } from "../graph/index.js";
import { toFloat32, type WeightTensor } from "../model/index.js";
import { checkInputs, checkTensor } from "./check-inputs.js";
import { interpret } from "./interpret.js";
import type { ReferenceTensor } from "./tensor.js";

/** Runs graphs by {@link interpret}: slow, float64, right. f32 outputs come as Float64Array, i32 ones as Int32Array. */
export const referenceRuntime: GraphRuntime = {
  name: "reference",
  async compile(graph: Graph, options: CompileOptions = {}): Promise<CompiledGraph> {
    return new ReferenceGraph(graph, options);
  },
};

class ReferenceGraph implements CompiledGraph {
  readonly #constants: Record<string, ReferenceTensor>;
  readonly #outputs: readonly string[];
  /** Inputs, and parameters that are not constant. */
  readonly #perRun: readonly string[];
  #disposed = false;

  constructor(
    readonly graph: Graph,
    options: CompileOptions,
  ) {
    this.#constants = checkConstants(graph, options.constants ?? new Map());
    this.#outputs = options.outputs ?? Object.keys(graph.outputs);
    for (const name of this.#outputs) checkOutput(graph, name);
    this.#perRun = [...graph.inputs, ...graph.parameters.filter((name) => this.#constants[name] === undefined)];
  }

  async run(
    inputs: Readonly<Record<string, Tensor>>,
    into: Readonly<Record<string, Tensor>> = {},
  ): Promise<Record<string, Tensor>> {
    if (this.#disposed) throw new DisposedError(`The graph ${this.graph.name} was disposed.`);
    const given = checkInputs(this.graph, this.#perRun, inputs, new Map());
    for (const name of Object.keys(into)) checkOutput(this.graph, name);
    const outputs = interpret(this.graph, { ...this.#constants, ...given }, this.#outputs);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, written(name, value, into[name])] as const),
    );
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
  }
}

function checkConstants(graph: Graph, constants: ReadonlyMap<string, WeightTensor>): Record<string, ReferenceTensor> {
  const checked: Record<string, ReferenceTensor> = {};
  for (const [name, weight] of constants) {
    // A model's weights may be given whole: what this graph does not use is left alone.
    if (!graph.parameters.includes(name)) continue;
    const tensor = { shape: weight.shape, data: toFloat32(weight) };
    checked[name] = checkTensor(name, tensor, graph.values[name] as GraphValue, new Map());
  }
  return checked;
}

function checkOutput(graph: Graph, name: string): void {
  if (graph.outputs[name] !== undefined) return;
  throw new InvalidArgumentError(`The graph ${graph.name} has no output ${name}.`, { subject: name });
}

/** The caller's tensor with the value in it, or the value itself where there is none. */
function written(name: string, value: ReferenceTensor, target: Tensor | undefined): Tensor {
  if (target === undefined) return value;
  if (target.shape.join() !== value.shape.join()) {
    throw new InvalidArgumentError(`${name} is [${value.shape}], the tensor to write it into is [${target.shape}].`, {
      subject: name,
    });
  }
  target.data.set(value.data);
  return target;
}
