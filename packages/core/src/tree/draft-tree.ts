import { type DraftTree, ROOT } from "../contract/draft.js";
import { COMMITTED, type PassRow, type RowRead } from "../contract/pass.js";
import { InvalidArgumentError } from "../errors/index.js";

export const EMPTY_DRAFT: DraftTree = { tokens: [], parents: [], logProbs: [] };

/** A draft without branches. */
export function chainDraft(tokens: readonly number[], logProbs: readonly number[] = tokens.map(() => 0)): DraftTree {
  return { tokens, parents: tokens.map((_, index) => index - 1), logProbs };
}

/** The tree of the first nodes: parents stand before their children. */
export function firstNodes({ tokens, parents, logProbs }: DraftTree, count: number): DraftTree {
  return { tokens: tokens.slice(0, count), parents: parents.slice(0, count), logProbs: logProbs.slice(0, count) };
}

/** Level of each node, 1 for children of the bonus token. [nodes] */
export function draftDepths(draft: DraftTree): Int32Array {
  const depths = new Int32Array(draft.tokens.length);
  draft.parents.forEach((parent, node) => {
    depths[node] = parent === ROOT ? 1 : (depths[parent] as number) + 1;
  });
  return depths;
}

/** Log-probability of each node with all above it. [nodes] */
export function jointLogProbs({ parents, logProbs }: DraftTree): Float64Array {
  const joints = new Float64Array(parents.length);
  parents.forEach((parent, node) => {
    joints[node] = (parent === ROOT ? 0 : (joints[parent] as number)) + (logProbs[node] as number);
  });
  return joints;
}

/**
 * The rows of a verify pass: row 0 is the root (the bonus token, which follows the committed text), row i + 1 is node i.
 */
export function flattenDraft(root: number, draft: DraftTree, streams: boolean, read: RowRead): PassRow[] {
  const rows: PassRow[] = [{ token: root, parent: COMMITTED, streams, read }];
  for (let node = 0; node < draft.tokens.length; node++) {
    rows.push({ token: draft.tokens[node] as number, parent: (draft.parents[node] as number) + 1, streams, read });
  }
  return rows;
}

/** @throws InvalidArgumentError when a parent does not precede its node or the lists differ in length. */
export function checkDraft(draft: DraftTree): void {
  const { tokens, parents, logProbs } = draft;
  if (parents.length !== tokens.length || logProbs.length !== tokens.length) {
    throw new InvalidArgumentError("A draft's tokens, parents and logProbs differ in length.");
  }
  parents.forEach((parent, node) => {
    if (!Number.isInteger(parent) || parent < ROOT || parent >= node) {
      throw new InvalidArgumentError(`Draft node ${node} names node ${parent} as its parent.`, { subject: "parents" });
    }
  });
}
