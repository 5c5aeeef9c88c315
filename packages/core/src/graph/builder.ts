import { InvalidGraphError } from "../errors/index.js";
import type { Shape } from "./dims.js";
import type { DType, Graph, GraphValue } from "./graph.js";
import type { GraphNode, OperationName, Operations } from "./operations.js";
import { outputValues } from "./output-values.js";

/** Collects nodes in order, infers shapes as it goes, and checks names; `build` gives the finished graph. */
export class GraphBuilder {
  readonly #values = new Map<string, GraphValue>();
  readonly #inputs: string[] = [];
  readonly #parameters: string[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #outputs: Record<string, string> = {};

  constructor(readonly name: string) {}

  /** A builder that goes on where a finished graph ends; the graph itself stays as it is. */
  static from(graph: Graph, name = graph.name): GraphBuilder {
    const builder = new GraphBuilder(name);
    for (const [value, type] of Object.entries(graph.values)) builder.#values.set(value, type);
    builder.#inputs.push(...graph.inputs);
    builder.#parameters.push(...graph.parameters);
    builder.#nodes.push(...graph.nodes);
    Object.assign(builder.#outputs, graph.outputs);
    return builder;
  }

  /** A value that changes with every run. Asking twice for one name gives the same input. */
  input(name: string, shape: Shape, dtype: DType = "f32"): string {
    return this.#declare(this.#inputs, name, { shape, dtype });
  }

  /** A weight. Asking twice for one name gives the same parameter. */
  parameter(name: string, shape: Shape): string {
    return this.#declare(this.#parameters, name, { shape, dtype: "f32" });
  }

  /**
   * Adds a node; its outputs are named `name`, `name.1`, ...
   * @throws InvalidGraphError when an input is unknown, shapes disagree, or the name is taken.
   */
  add<Name extends OperationName>(
    op: Name,
    name: string,
    inputs: Operations[Name]["inputs"],
    attributes: Operations[Name]["attributes"],
    outputCount = 1,
  ): string[] {
    const outputs = Array.from({ length: outputCount }, (_, index) => (index === 0 ? name : `${name}.${index}`));
    const node = { op, inputs, attributes, outputs } as unknown as GraphNode;
    const shapes = outputValues(node, (input) => this.value(input));
    if (shapes.length !== outputCount) {
      throw new InvalidGraphError(`${op} (${name}) has ${shapes.length} outputs, not ${outputCount}.`);
    }
    outputs.forEach((output, index) => {
      if (this.#values.has(output)) throw new InvalidGraphError(`Two values of ${this.name} are named ${output}.`);
      this.#values.set(output, shapes[index] as GraphValue);
    });
    this.#nodes.push(node);
    return outputs;
  }

  /** @throws InvalidGraphError for an unknown name. */
  value(name: string): GraphValue {
    const value = this.#values.get(name);
    if (value === undefined) throw new InvalidGraphError(`The graph ${this.name} has no value ${name}.`);
    return value;
  }

  output(name: string, value: string): void {
    this.value(value);
    this.#outputs[name] = value;
  }

  /** The value behind an output. @throws InvalidGraphError for an unknown name. */
  outputValue(name: string): string {
    const value = this.#outputs[name];
    if (value === undefined) throw new InvalidGraphError(`The graph ${this.name} has no output ${name}.`);
    return value;
  }

  build(): Graph {
    return {
      name: this.name,
      inputs: [...this.#inputs],
      parameters: [...this.#parameters],
      nodes: [...this.#nodes],
      outputs: { ...this.#outputs },
      values: Object.fromEntries(this.#values),
    };
  }

  #declare(list: string[], name: string, value: GraphValue): string {
    const known = this.#values.get(name);
    if (known === undefined) {
      this.#values.set(name, value);
      list.push(name);
    } else if (known.shape.join() !== value.shape.join() || known.dtype !== value.dtype) {
      throw new InvalidGraphError(`${name} is declared as [${known.shape}] and as [${value.shape}].`);
    }
    return name;
  }
}
