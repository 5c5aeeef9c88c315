import { type DraftTree, ROOT } from "../contract/draft.js";

interface Node {
  readonly token: number;
  readonly parent: Node | undefined;
  logProb: number;
  joint: number;
  readonly children: Map<number, Node>;
}

/**
 * The trees of several drafters as one, best node first: what they share is there once, as probable as the surer of them says.
 * A prefix of it is a tree.
 */
export function unionTree(trees: readonly DraftTree[]): DraftTree {
  const roots = new Map<number, Node>();
  const nodes: Node[] = [];
  for (const { tokens, parents, logProbs } of trees) {
    const own: Node[] = [];
    tokens.forEach((token, index) => {
      const parent = parents[index] === ROOT ? undefined : own[parents[index] as number];
      const siblings = parent?.children ?? roots;
      const logProb = logProbs[index] as number;
      const known = siblings.get(token);
      if (known === undefined) {
        const node: Node = { token, parent, logProb, joint: 0, children: new Map() };
        siblings.set(token, node);
        nodes.push(node);
        own.push(node);
      } else {
        known.logProb = Math.max(known.logProb, logProb);
        own.push(known);
      }
    });
  }
  // Parents stand before their children here, and after a stable sort too: a child is never more probable.
  for (const node of nodes) node.joint = (node.parent?.joint ?? 0) + node.logProb;
  nodes.sort((a, b) => b.joint - a.joint);
  const places = new Map(nodes.map((node, place) => [node, place]));
  return {
    tokens: nodes.map(({ token }) => token),
    parents: nodes.map(({ parent }) => (parent === undefined ? ROOT : (places.get(parent) as number))),
    logProbs: nodes.map(({ logProb }) => logProb),
  };
}
