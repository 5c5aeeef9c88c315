import type { DraftingOptions } from "../model/drafting.js";
import type { DraftOptions } from "./options.js";

/** Nodes that a tree is given when only k was named: the full tree of k children a node, to this many. */
const MOST_NODES = 64;

/** Drafting options out of a command's; `gamma` are the adapter's streams. */
export function draftingFrom(options: DraftOptions & { readonly gamma?: number }, gamma: number) {
  const depth = Math.min(options.gamma ?? gamma, gamma);
  const nodes = options.nodes ?? (options.topK === undefined ? undefined : fullTree(options.topK, depth));
  return {
    drafter: options.drafter,
    streams: options.streams,
    opening: options.opening,
    ...(options.topK === undefined ? {} : { topK: options.topK }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(options.gamma === undefined ? {} : { depth }),
  } satisfies DraftingOptions;
}

function fullTree(topK: number, depth: number): number {
  let nodes = 0;
  for (let level = 1; level <= depth && nodes < MOST_NODES; level++) nodes += topK ** level;
  return Math.min(nodes, MOST_NODES);
}
