import { type DraftTree, ROOT } from "../contract/draft.js";
import { draftDepths } from "../tree/draft-tree.js";

/** The draft without nodes below level `depth`, and without those below a token that ends the text. */
export function usefulDraft(draft: DraftTree, depth: number, ends: ReadonlySet<number>): DraftTree {
  const ending = draft.tokens.some((token) => ends.has(token));
  // No tree is deeper than it has nodes; so it is but for a text's last steps.
  if (draft.tokens.length <= depth && !ending) return draft;
  const depths = draftDepths(draft);
  const over: boolean[] = []; // by node: whether the text has ended above it
  draft.parents.forEach((parent, node) => {
    over[node] = parent !== ROOT && (over[parent] === true || ends.has(draft.tokens[parent] as number));
  });
  const kept = [...draft.tokens.keys()].filter((node) => (depths[node] as number) <= depth && over[node] === false);
  if (kept.length === draft.tokens.length) return draft;
  const place = new Map(kept.map((node, index) => [node, index]));
  return {
    tokens: kept.map((node) => draft.tokens[node] as number),
    parents: kept.map((node) => place.get(draft.parents[node] as number) ?? (draft.parents[node] as number)),
    logProbs: kept.map((node) => draft.logProbs[node] as number),
    ...(draft.drawnFrom && { drawnFrom: movedTo(place, draft.drawnFrom) }),
  };
}

/** The same by the nodes' new places, without those that have none. */
function movedTo<Value>(place: ReadonlyMap<number, number>, values: ReadonlyMap<number, Value>): Map<number, Value> {
  const moved = new Map<number, Value>();
  for (const [node, value] of values) {
    const at = node === ROOT ? ROOT : place.get(node);
    if (at !== undefined) moved.set(at, value);
  }
  return moved;
}
