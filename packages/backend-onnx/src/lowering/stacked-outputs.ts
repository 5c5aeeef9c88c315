import type { Shape } from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/** Outputs of one shape that leave the session as one tensor, one below the other. */
export interface OutputStack {
  /** The session's name for it. */
  readonly name: string;
  /** The graph's outputs, in the order of the stack. */
  readonly members: readonly string[];
}

/** Fewer are not worth the copy. */
const FEWEST = 4;

/**
 * Every tensor that leaves a session costs microseconds, and a pass gives new keys and values of every layer: those of one
 * shape whose batch is 1 leave as one tensor, of which each is a stretch.
 */
export function stackOutputs(lowering: Lowering, ones: ReadonlySet<string>): OutputStack[] {
  const groups = new Map<string, string[]>();
  for (const output of lowering.live.outputs) {
    const { shape, dtype } = lowering.value(lowering.graph.outputs[output] as string);
    if (dtype !== "f32" || !isOne(shape[0], ones)) continue;
    const key = shape.join();
    groups.set(key, [...(groups.get(key) ?? []), output]);
  }
  return [...groups.values()]
    .filter((members) => members.length >= FEWEST)
    .map((members) => {
      const name = lowering.onnx.freeName(`${members[0]} and ${members.length - 1} more`);
      return { name, members };
    });
}

/** The node that makes a stack, once its members are there. */
export function addStack(lowering: Lowering, { name, members }: OutputStack): void {
  const { graph, onnx } = lowering;
  const values = members.map((member) => graph.outputs[member] as string);
  onnx.node(
    "Concat",
    values.map((value) => lowering.name(value)),
    [name],
    { attributes: { axis: int(0) } },
  );
  const [, ...shape] = lowering.shape(values[0] as string);
  onnx.output({ name, type: ElementType.float32, dims: [members.length, ...shape] });
}

function isOne(dim: Shape[number] | undefined, ones: ReadonlySet<string>): boolean {
  return dim === 1 || (typeof dim === "string" && ones.has(dim));
}
