import { type DraftBudget, type DraftLimit, type DraftTree, ROOT } from "../contract/draft.js";
import type { BestFirstLimit } from "./best-first-tree.js";
import { bestPrefix, gainOf } from "./budgeted-prefix.js";
import type { RankedTokens } from "./transitions.js";

/** A node whose children are wanted. */
export interface OpenNode {
  readonly token: number;
  /** The place that its parent had among the open nodes of the level before; 0 for the bonus token. */
  readonly parentPlace: number;
}

export interface GrowingLimit extends BestFirstLimit {
  readonly budget?: DraftBudget | undefined;
  /** Tokens that are not opened. */
  readonly ends?: ReadonlySet<number> | undefined;
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
 *
 * Under a budget a node is opened only where a perfect child of it, one that is as probable as itself, could still pay; and in
 * the end as many of the best nodes are left as give most expected tokens a millisecond.
 */
export class GrowingTree {
  /** The best so far, best first; of equal ones the older first. */
  #kept: Node[] = [];
  #open: readonly (Node | undefined)[] = [undefined];
  #level = 0;
  /** Milliseconds that levels have cost by the budget. */
  #spent = 0;

  constructor(
    readonly bonus: number,
    readonly limit: GrowingLimit,
  ) {
    this.#closeWhatCannotPay();
  }

  /** Nodes to expand: at first the bonus token, then those of the last level that have a place in the tree. */
  get open(): readonly OpenNode[] {
    if (this.#level >= this.limit.depth || this.limit.nodes === 0) return [];
    return this.#open.map((node) =>
      node === undefined ? { token: this.bonus, parentPlace: 0 } : { token: node.token, parentPlace: node.parentPlace },
    );
  }

  /** @param children of each open node, best first */
  grow(children: readonly RankedTokens[]): void {
    const { nodes, topK, budget } = this.limit;
    this.#level++;
    if (budget !== undefined) this.#spent += levelCost(budget, this.#open.length);
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
    const { ends } = this.limit;
    this.#open = this.#kept.filter(({ level, token }) => level === this.#level && ends?.has(token) !== true);
    this.#closeWhatCannotPay();
  }

  tree(): DraftTree {
    const { budget } = this.limit;
    const best = budget && bestPrefix(this.#gains(budget), budget, this.#spent);
    const kept = best === undefined ? this.#kept : this.#kept.slice(0, best.nodes);
    const places = new Map(kept.map((node, index) => [node, index]));
    return {
      tokens: kept.map(({ token }) => token),
      parents: kept.map(({ parent }) => (parent === undefined ? ROOT : (places.get(parent) as number))),
      logProbs: kept.map(({ logProb }) => logProb),
      ...(best !== undefined && { predicted: best.milliseconds }),
    };
  }

  #gains(budget: DraftBudget): number[] {
    return this.#kept.map(({ joint, level }) => gainOf(joint, level, budget));
  }

  /**
   * Leaves open what could pay: as if each open node had one child a level from here on, as probable as itself, where does the
   * gain over the budget's rate, or else that of the tree so far, end?
   */
  #closeWhatCannotPay(): void {
    const { budget, depth } = this.limit;
    if (budget === undefined) return;
    const gains = this.#gains(budget);
    const now = bestPrefix(gains, budget, this.#spent);
    const rate = budget.rate ?? now.tokens / now.milliseconds;
    const least = now.tokens - rate * now.milliseconds;
    let most = 0;
    for (let further = 1; further <= depth - this.#level && most < this.#open.length; further++) {
      most = Math.max(most, this.#worthOpening(budget, further, { gains, rate, least }));
    }
    this.#open = this.#open.slice(0, most);
  }

  /**
   * How many of the open nodes, the best first, have a perfect descendant `further` levels below that pays at this rate, over `least`.
   *
   * @param gains by node of the best so far
   */
  #worthOpening(
    budget: DraftBudget,
    further: number,
    { gains, rate, least }: { readonly gains: readonly number[]; readonly rate: number; readonly least: number },
  ): number {
    const { steps, drafting } = budget;
    const room = Math.min(this.limit.nodes, steps.length - 1);
    const base = drafting + this.#spent + (further - 1) * levelCost(budget, 1);
    let [count, tokens, opened, most, highest] = [0, 1, 0, 0, least];
    const take = (gain: number): void => {
      if (count === room) return;
      count++;
      tokens += gain;
      const surplus = tokens - rate * (base + levelCost(budget, Math.max(1, opened)) + (steps[count] as number));
      if (surplus > highest) [highest, most] = [surplus, opened];
    };
    // Perfect descendants are as probable as their node, so they stand behind it; the root is no node itself.
    const nodes = this.#level === 0 ? this.#open : this.#kept;
    for (let place = 0; place < nodes.length && count < room; place++) {
      const node = nodes[place];
      if (node !== undefined) take(gains[place] as number);
      if (opened === this.#open.length || node !== this.#open[opened]) continue;
      opened++;
      for (let level = 1; level <= further; level++) take(gainOf(node?.joint ?? 0, this.#level + level, budget));
    }
    return most;
  }
}

/** A tree below the bonus token, of a level for each of γ streams at most. */
export function streamsTree(bonus: number, limit: DraftLimit, gamma: number): GrowingTree {
  return new GrowingTree(bonus, { ...limit, depth: Math.min(limit.depth ?? gamma, gamma) });
}

/** One run of the head for so many nodes. */
function levelCost({ levels }: DraftBudget, nodes: number): number {
  return levels?.[Math.min(nodes, levels.length) - 1] ?? 0;
}
