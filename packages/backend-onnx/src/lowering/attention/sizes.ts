import { type AttendInputs, attendInputs, attentionScale, type NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";

type Node = NodeOf<"attend"> | NodeOf<"attendGrad">;

/**
 * What the parts of one attention share. In shapes: b batch, K kv heads, G query heads a kv head, r rows = p positions
 * times m members, s slots of a source, γ own keys a position, D head size, t all slots and own keys together.
 */
export interface Attention {
  readonly lowering: Lowering;
  readonly node: Node;
  /** Names of nodes made for it begin with this. */
  readonly name: string;
  readonly inputs: AttendInputs;
  readonly kvHeads: number;
  readonly grouped: number;
  readonly members: number;
  readonly headSize: number;
  readonly ownLength: number;
  /** What scores are multiplied by. */
  readonly scale: number;
}

export function attention(lowering: Lowering, node: Node): Attention {
  const { heads, kvHeads, headSize, members, ownLength } = node.attributes;
  return {
    lowering,
    node,
    name: node.outputs[0],
    inputs: attendInputs(node.inputs, node.attributes),
    kvHeads,
    grouped: heads / kvHeads,
    members,
    headSize,
    ownLength,
    scale: attentionScale(node.attributes),
  };
}
