import { type DraftTree, ROOT } from "../contract/draft.js";
import type { BestFirstLimit } from "./best-first-tree.js";
import type { RankedTokens } from "./transitions.js";

/** A node whose children are wanted. */
export interface OpenNode {
  readonly token: number;
  /** The place that its parent had among the open nodes of the level before; 0 for the bonus token. */
  readonly parentPlace: number;
}

interface Node {
  readonly token: number;
  readonly parent: Node | undefined;
  readonly level: number;
  readonly logProb: number;
  readonly joint: number;
  /** Its parent's place among the open nodes of the parent's level. */
  readonly parentPlace: number;
}

/**
 * A draft tree that grows a level at a time, for drafters whose children are costly and depend on the path. In the end it holds
 * the most probable nodes of all that were offered: the same as {@link bestFirstTree} gives, since a child is never more
 * probable than its parent and so no node that has fallen out can come back by its children.
 */
export class GrowingTree {
  /** The best so far, best first; of equal ones the older first. */
  #kept: Node[] = [];
  #open: readonly (Node | undefined)[] = [undefined];
  #level = 0;

  constructor(
    readonly bonus: number,
    readonly limit: BestFirstLimit,
  ) {}

  /** Nodes to expand: at first the bonus token, then those of the last level that have a place in the tree. */
  get open(): readonly OpenNode[] {
    if (this.#level >= this.limit.depth || this.limit.nodes === 0) return [];
    return this.#open.map((node) =>
      node === undefined ? { token: this.bonus, parentPlace: 0 } : { token: node.token, parentPlace: node.parentPlace },
    );
  }

  /** @param children of each open node, best first */
  grow(children: readonly RankedTokens[]): void {
    const { nodes, topK } = this.limit;
    this.#level++;
    const offered: Node[] = [];
    this.#open.forEach((parent, parentPlace) => {
      const { tokens, logProbs } = children[parentPlace] as RankedTokens;
      for (let rank = 0; rank < Math.min(topK, tokens.length); rank++) {
        const logProb = logProbs[rank] as number;
        const joint = (parent?.joint ?? 0) + logProb;
        offered.push({ token: tokens[rank] as number, parent, level: this.#level, logProb, joint, parentPlace });
      }
    });
    // The sort is stable, so that parents stay before children that are as probable.
    this.#kept = [...this.#kept, ...offered].sort((a, b) => b.joint - a.joint).slice(0, nodes);
    this.#open = this.#kept.filter(({ level }) => level === this.#level);
  }

  tree(): DraftTree {
    const places = new Map(this.#kept.map((node, index) => [node, index]));
    return {
      tokens: this.#kept.map(({ token }) => token),
      parents: this.#kept.map(({ parent }) => (parent === undefined ? ROOT : (places.get(parent) as number))),
      logProbs: this.#kept.map(({ logProb }) => logProb),
    };
  }
}
