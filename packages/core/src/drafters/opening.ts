import { type DraftLimit, type DraftTree, ROOT } from "../contract/draft.js";
import type { Drafter } from "./drafter.js";

/**
 * How texts of a task begin: a trie of the first tokens, counted over what the model wrote on training prompts. A node is a
 * token, or a copy of the prompt's token at a place (a name that the text repeats, say). Before the first pass no stream has
 * run, so without an opening the prefill issues one token only; with it the same pass verifies a draft too.
 */
export interface Opening {
  readonly children: readonly OpeningNode[];
}

/** Holds either `token` or `copy`. */
export interface OpeningNode extends Opening {
  readonly token?: number;
  /** Place in the prompt, counted from its first token, whose token stands here. */
  readonly copy?: number;
  /** Share of the texts that reach the parent and go on with this node; above 0, at most 1. */
  readonly probability: number;
}

/** Levels that an opening may have. */
export const OPENING_DEPTH = 256;

interface Candidate {
  readonly node: OpeningNode;
  readonly token: number;
  readonly parent: number;
  readonly joint: number;
  readonly depth: number;
}

/**
 * The most probable nodes of an opening for a prompt, best first by joint probability, as a draft that follows the prompt.
 * Where two siblings come out as the same token, the more probable one stands for both.
 */
export function openingDraft(opening: Opening, prompt: readonly number[], limit: DraftLimit): DraftTree {
  const tokens: number[] = [];
  const parents: number[] = [];
  const logProbs: number[] = [];
  const frontier: Candidate[] = [];
  const offer = (children: readonly OpeningNode[], parent: number, joint: number, depth: number): void => {
    if (depth > (limit.depth ?? OPENING_DEPTH)) return;
    for (const [token, node] of bestByToken(children, prompt, limit.topK)) {
      frontier.push({ node, token, parent, joint: joint * node.probability, depth });
    }
  };
  offer(opening.children, ROOT, 1, 1);
  while (tokens.length < limit.nodes && frontier.length > 0) {
    const at = frontier.reduce((best, { joint }, index) => (joint > (frontier[best]?.joint ?? 0) ? index : best), 0);
    const [best] = frontier.splice(at, 1) as [Candidate];
    const index = tokens.push(best.token) - 1;
    parents.push(best.parent);
    logProbs.push(Math.log(best.node.probability));
    offer(best.node.children, index, best.joint, best.depth + 1);
  }
  return { tokens, parents, logProbs };
}

/** The k most probable siblings with different tokens. A copy of a place beyond the prompt is none. */
function bestByToken(
  siblings: readonly OpeningNode[],
  prompt: readonly number[],
  topK: number,
): Map<number, OpeningNode> {
  const best = new Map<number, OpeningNode>();
  for (const node of [...siblings].sort((a, b) => b.probability - a.probability)) {
    const token = node.token ?? prompt[node.copy as number];
    if (best.size < topK && token !== undefined && !best.has(token)) best.set(token, node);
  }
  return best;
}

/** The same drafter with a draft for the pass that takes in the prompt. */
export function withOpening(drafter: Drafter, opening: Opening, limit: DraftLimit): Drafter {
  return {
    name: `${drafter.name}+opening`,
    streamsInPass: drafter.streamsInPass,
    ...(drafter.read !== undefined && { read: drafter.read }),
    open: (prompt) => openingDraft(opening, prompt, limit),
    draft: (context) => drafter.draft(context),
  };
}
