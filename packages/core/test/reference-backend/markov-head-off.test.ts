import { describe, expect, it } from "vitest";
import { type Adapter, type DraftLimit, type DraftTree, ROOT } from "../../src/index.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const SEED = 5;
const whole = { nodes: 200, topK: tinySpec.vocabularySize, depth: 2 };

async function draftOf(adapter: Adapter, limit: DraftLimit): Promise<DraftTree> {
  const model = await tinyModel(SEED);
  const sequence = await model.createSequence({ adapter: await model.attach(adapter) });
  const rows = [3, 1, 4, 1].map((token, row) => ({ token, parent: row - 1, streams: row === 3 }));
  await model.pass([{ sequence, rows }]);
  await model.commit([{ sequence, path: [0, 1, 2, 3] }]);
  const [draft] = await model.draft([{ sequence, bonus: 0, limit }]);
  await model.dispose();
  return draft as DraftTree;
}

describe("a draft without the adapter's Markov head", () => {
  it("is that of the same streams in an adapter that has none", async () => {
    const markov = { kind: "rnn", rank: 3, tokenScale: 1 } as const;
    const headed = tinyAdapter(SEED, "lossless", 2, { markov });
    const { markov: _, ...streams } = headed.streams;
    const tensors = new Map([...headed.tensors].filter(([name]) => !name.includes("markov")));
    const bare = await draftOf({ streams, tensors }, whole);
    expect(await draftOf(headed, { ...whole, markov: false })).toEqual(bare);
    const headDraft = await draftOf(headed, whole);
    expect(headDraft).not.toEqual(bare);
    expect(await draftOf(headed, { ...whole, markov: true })).toEqual(headDraft);
    // Without the head every node has the same children; with it the token before decides.
    const childrenOf = ({ tokens, parents, logProbs }: DraftTree, node: number): string =>
      tokens
        .flatMap((token, at) => (parents[at] === node ? [`${token} ${logProbs[at]?.toFixed(6)}`] : []))
        .sort()
        .join();
    const kinds = (draft: DraftTree): number =>
      new Set(draft.parents.flatMap((parent, node) => (parent === ROOT ? [childrenOf(draft, node)] : []))).size;
    expect(kinds(bare)).toBe(1);
    expect(kinds(headDraft)).toBeGreaterThan(1);
  });
});
