import type { DraftTree } from "../contract/draft.js";
import { draftDepths } from "../tree/draft-tree.js";

/** The draft without nodes below level `depth`. */
export function usefulDraft(draft: DraftTree, depth: number): DraftTree {
  // No tree is deeper than it has nodes; so it is but for a text's last steps.
  if (draft.tokens.length <= depth) return draft;
  const depths = draftDepths(draft);
  const kept = draft.tokens.map((_, node) => node).filter((node) => (depths[node] as number) <= depth);
  if (kept.length === draft.tokens.length) return draft;
  const place = new Map(kept.map((node, index) => [node, index]));
  return {
    tokens: kept.map((node) => draft.tokens[node] as number),
    parents: kept.map((node) => place.get(draft.parents[node] as number) ?? (draft.parents[node] as number)),
    logProbs: kept.map((node) => draft.logProbs[node] as number),
  };
}
