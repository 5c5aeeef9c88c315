import type { Graph, WeightTensor } from "@anabranch/core";
import { encodeModel } from "../proto/encode-model.js";
import { ElementType } from "../proto/messages.js";
import { batchesOfOne } from "./batch-of-one.js";
import type { FineRows } from "./fine-rows.js";
import type { Fusion } from "./fusion.js";
import { liveGraph } from "./live-nodes.js";
import { Lowering } from "./lowering.js";
import { lowerNode } from "./rules.js";
import { addStack, type OutputStack, stackOutputs } from "./stacked-outputs.js";

export interface LowerOptions {
  /** Parameters whose values never change; the others become inputs of the model. */
  readonly constants?: ReadonlyMap<string, WeightTensor>;
  /** Outputs to compute; all of the graph's when absent. What only others need is left out. */
  readonly outputs?: readonly string[];
  /** Which rows keep 16 bits where they meet weights in blocks; none when absent. */
  readonly fineRows?: FineRows;
  /** Fusions to leave out, for measuring them. */
  readonly without?: readonly Fusion[];
}

/** An ONNX model and what it wants. */
export interface LoweredGraph {
  readonly model: Uint8Array;
  /** The graph's inputs, and parameters that are no constants, that the outputs depend on. */
  readonly inputs: readonly string[];
  /** Output names, the graph's own. */
  readonly outputs: readonly string[];
  /** Those of the outputs that leave the session together. */
  readonly stacks: readonly OutputStack[];
  /** Symbols that can only stand for 1 (a cache that is kept by head has no batch axis). */
  readonly ones: ReadonlySet<string>;
  /** The folder that the model's external data lies in; undefined where it has none. */
  readonly weightsFolder: string | undefined;
}

const elementTypes = { f32: ElementType.float32, i32: ElementType.int32 } as const;

/**
 * Writes a graph as an ONNX model (opset 21 and ONNX Runtime's own operators). Inputs and outputs keep the graph's names.
 *
 * @throws UnsupportedError for int8 weights where only float32 can stand; InvalidArgumentError for an unknown output.
 */
export function lowerGraph(graph: Graph, options: LowerOptions = {}): LoweredGraph {
  const { constants = new Map<string, WeightTensor>(), outputs, fineRows, without } = options;
  const live = liveGraph(graph, outputs);
  const lowering = new Lowering(graph, live, constants, fineRows, without);
  const { onnx } = lowering;
  for (const output of live.outputs) onnx.reserve(output);
  const inputs = [...graph.inputs, ...graph.parameters.filter((name) => !constants.has(name))].filter((name) =>
    live.wanted.has(name),
  );
  for (const name of inputs) {
    const { shape, dtype } = lowering.value(name);
    onnx.input({ name, type: elementTypes[dtype], dims: shape });
    lowering.setName(name, name);
  }
  nameOutputs(lowering, new Set(inputs));
  for (const node of live.nodes) if (!lowering.isDone(node)) lowerNode(lowering, node);
  const ones = batchesOfOne(graph);
  const stacks = lowering.fuses("outputs") ? stackOutputs(lowering, ones) : [];
  for (const stack of stacks) addStack(lowering, stack);
  const stacked = new Set(stacks.flatMap(({ members }) => members));
  for (const output of live.outputs) {
    if (stacked.has(output)) continue;
    const value = graph.outputs[output] as string;
    const { shape, dtype } = lowering.value(value);
    const name = lowering.name(value);
    if (name !== output) onnx.node("Identity", [name], [output]);
    onnx.output({ name: output, type: elementTypes[dtype], dims: shape });
  }
  const model = encodeModel(onnx.build(graph.name));
  const { weightsFolder } = lowering;
  return { model, inputs, outputs: live.outputs, stacks, ones, weightsFolder };
}

/** A value that is an output is made under the output's name; under a second one it is copied. */
function nameOutputs(lowering: Lowering, inputs: ReadonlySet<string>): void {
  const named = new Set<string>();
  for (const output of lowering.live.outputs) {
    const value = lowering.graph.outputs[output] as string;
    if (inputs.has(value) || lowering.constants.has(value) || named.has(value)) continue;
    named.add(value);
    lowering.setName(value, output);
  }
}
