import type { DraftLimit, DraftTree } from "../contract/index.js";
import { InvalidArgumentError } from "../errors/index.js";
import { streamsTree } from "../tree/growing-tree.js";
import { topKTree, treeWidth } from "../tree/top-k-tree.js";
import type { RankedTokens } from "../tree/transitions.js";
import { logSoftmax, rankedTokens } from "./read-row.js";
import type { ReferenceAdapter } from "./reference-adapter.js";

/** @throws InvalidArgumentError */
export function checkDraftLimit({ nodes, topK, depth }: DraftLimit): void {
  const whole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;
  if (!whole(nodes, 0) || !whole(topK, 1) || (depth !== undefined && !whole(depth, 0))) {
    throw new InvalidArgumentError(`A draft of ${nodes} nodes, top ${topK}, depth ${depth ?? "γ"} was asked for.`, {
      cure: "Give whole numbers: nodes and depth from 0, topK from 1.",
    });
  }
}

export interface StreamsDraft {
  /** Of the streams beside the last committed row, after the final norm: [γ][hidden] */
  readonly states: readonly Float64Array[];
  readonly bonus: number;
  readonly limit: DraftLimit;
}

/** The tree under the bonus token: level j from stream j, and where there is a Markov head from the token before too. */
export async function draftFromStreams(adapter: ReferenceAdapter, draft: StreamsDraft): Promise<DraftTree> {
  const { states, bonus, limit } = draft;
  if (adapter.streams.markov !== undefined && limit.markov !== false) return markovTree(adapter, draft);
  const width = treeWidth(limit, adapter.counted);
  const levels: RankedTokens[] = [];
  for (const state of states) levels.push(best(await adapter.runner.draftLogits(state), width, adapter.vocabulary));
  return topKTree(levels, limit, { transitions: adapter.counted, bonus });
}

async function markovTree(adapter: ReferenceAdapter, { states, bonus, limit }: StreamsDraft): Promise<DraftTree> {
  const { runner, vocabulary, streams } = adapter;
  const tree = streamsTree(bonus, limit, streams.gamma);
  let before: readonly Float64Array[] = [];
  for (let stream = 1; tree.open.length > 0; stream++) {
    const state = states[stream - 1] as Float64Array;
    const grown: { readonly logits: Float64Array; readonly recurrent: Float64Array }[] = [];
    for (const { token, parentPlace } of tree.open) {
      grown.push(await runner.markov(stream, { state, token, before: before[parentPlace] }));
    }
    before = grown.map(({ recurrent }) => recurrent);
    tree.grow(grown.map(({ logits }) => best(logits, limit.topK, vocabulary)));
  }
  return tree.tree();
}

/** @param vocabulary the tokens that the logits are of; absent: all */
function best(logits: Float64Array, width: number, vocabulary: Int32Array | undefined): RankedTokens {
  const logProbs = logSoftmax(logits);
  const places = rankedTokens(logProbs).slice(0, width);
  return {
    tokens: vocabulary === undefined ? places : places.map((place) => vocabulary[place] as number),
    logProbs: places.map((place) => logProbs[place] as number),
  };
}
