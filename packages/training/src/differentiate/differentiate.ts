import { type Graph, GraphBuilder, type GraphNode, InvalidArgumentError, UnsupportedError } from "@anabranch/core";
import { type GradientRule, gradientRules, type RuleContext } from "./gradient-rules.js";

export interface DifferentiateOptions {
  /**
   * Output name to the name of a new f32 input of the same shape: the gradient of the loss with respect to that output.
   * With log-probabilities as outputs and -weights as seeds, the loss is their weighted negative sum.
   */
  readonly seeds: Readonly<Record<string, string>>;
  /** Parameters whose gradients are wanted. */
  readonly parameters: readonly string[];
  /** Inputs whose gradients are wanted. */
  readonly inputs?: readonly string[];
}

/** Name of the output that holds the gradient of a parameter or an input. */
export function gradientName(value: string): string {
  return `grad.${value}`;
}

/**
 * Reverse-mode differentiation: the graph with nodes for the gradients behind its own, and one output
 * {@link gradientName} for each wanted parameter and input. Nothing is computed for values that need no gradient.
 *
 * @throws InvalidArgumentError for a name the graph has not, and where no seeded output depends on a wanted value.
 * @throws UnsupportedError where a gradient would pass through an operation that has none (argmax, say).
 */
export function differentiate(graph: Graph, { seeds, parameters, inputs = [] }: DifferentiateOptions): Graph {
  const wanted = [...parameters, ...inputs];
  checkNames(graph, "parameter", parameters, graph.parameters);
  checkNames(graph, "input", inputs, graph.inputs);
  const builder = GraphBuilder.from(graph, `${graph.name}.gradient`);
  const needed = dependents(graph, wanted);
  const gradients = new GradientSums(builder);
  for (const [output, seed] of Object.entries(seeds)) {
    const value = builder.outputValue(output);
    gradients.contribute(value, builder.input(seed, builder.value(value).shape));
  }
  const context: RuleContext = { builder, needs: (value) => needed.has(value) };
  for (const node of [...graph.nodes].reverse()) {
    const dy = node.outputs.some((output) => needed.has(output)) ? gradientOfOutput(gradients, node) : undefined;
    if (dy === undefined) continue;
    const contributions = ruleOf(node)(context, node as never, dy);
    node.inputs.forEach((input, index) => {
      const contribution = contributions[index];
      if (contribution !== undefined && needed.has(input)) gradients.contribute(input, contribution);
    });
  }
  for (const value of wanted) builder.output(gradientName(value), gradientOf(gradients, value, seeds));
  return builder.build();
}

/** Contributions to each value's gradient, added up in the order in which they came. */
class GradientSums {
  readonly #sums = new Map<string, string>();
  #additions = 0;

  constructor(readonly builder: GraphBuilder) {}

  of(value: string): string | undefined {
    return this.#sums.get(value);
  }

  contribute(value: string, contribution: string): void {
    const sum = this.#sums.get(value);
    if (sum === undefined) {
      this.#sums.set(value, contribution);
      return;
    }
    const name = `d.sum.${this.#additions++}.${value}`;
    this.#sums.set(value, this.builder.add("add", name, [sum, contribution], { scale: 1 })[0] as string);
  }
}

/** Everything that depends on one of the values, those included. */
function dependents(graph: Graph, values: readonly string[]): ReadonlySet<string> {
  const found = new Set(values);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => found.has(input))) for (const output of node.outputs) found.add(output);
  }
  return found;
}

/** The gradient of a node's first output: second ones (probabilities, indices) carry none. */
function gradientOfOutput(gradients: GradientSums, node: GraphNode): string | undefined {
  const [first, ...others] = node.outputs;
  const seeded = others.find((output) => gradients.of(output) !== undefined);
  if (seeded !== undefined) throw noGradient(node.op, seeded);
  return gradients.of(first);
}

function ruleOf(node: GraphNode): GradientRule<never> {
  const rule = gradientRules[node.op];
  if (rule === null) throw noGradient(node.op, node.outputs[0]);
  return rule as unknown as GradientRule<never>;
}

function noGradient(op: string, value: string): UnsupportedError {
  return new UnsupportedError(`${value} has no gradient: ${op} cannot be differentiated.`, {
    subject: value,
    cure: "Seed log-probabilities or states instead.",
  });
}

function gradientOf(gradients: GradientSums, value: string, seeds: Readonly<Record<string, string>>): string {
  const gradient = gradients.of(value);
  if (gradient !== undefined) return gradient;
  throw new InvalidArgumentError(`None of ${Object.keys(seeds).join(", ")} depends on ${value}.`, {
    subject: value,
    cure: "Leave it out, or seed an output that depends on it.",
  });
}

function checkNames(graph: Graph, kind: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InvalidArgumentError(`The graph ${graph.name} has no ${kind} ${unknown}.`, { subject: unknown });
}
