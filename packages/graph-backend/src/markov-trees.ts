import { type DraftTree, type GrowingTree, streamsTree, type TokenLogProbs } from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { DraftAsked } from "./draft-trees.js";
import type { Floats } from "./floats.js";
import type { MarkovHead, MarkovNode } from "./markov-head.js";

interface Growing {
  readonly tree: GrowingTree;
  /** [γ, hidden] */
  readonly states: Floats;
  /** u of the open nodes' parents' level. */
  before: readonly Floats[];
}

/** Draft trees of sequences with one adapter, grown together: a run of the head a level for all of them. */
export async function markovTrees(head: MarkovHead, requests: readonly DraftAsked[]): Promise<DraftTree[]> {
  const growing = requests.map(({ sequence, bonus, limit }): Growing => {
    const { gamma } = (sequence.attached as AttachedAdapter).streams;
    return { tree: streamsTree(bonus, limit, gamma), states: sequence.last?.states as Floats, before: [] };
  });
  const { hiddenSize } = head.options.spec;
  for (let stream = 1; ; stream++) {
    const open = growing.filter(({ tree }) => tree.open.length > 0);
    if (open.length === 0) break;
    const nodes = open.flatMap(({ tree, states, before }) =>
      tree.open.map(
        ({ token, parentPlace }): MarkovNode => ({
          token,
          state: states.subarray((stream - 1) * hiddenSize, stream * hiddenSize) as Floats,
          before: before[parentPlace],
        }),
      ),
    );
    const children = await head.children(stream, nodes);
    let at = 0;
    for (const one of open) {
      const own = children.slice(at, at + one.tree.open.length);
      at += own.length;
      one.before = own.map(({ recurrent }) => recurrent);
      one.tree.grow(own.map(({ best }): TokenLogProbs => best));
    }
  }
  return growing.map(({ tree }) => tree.tree());
}
