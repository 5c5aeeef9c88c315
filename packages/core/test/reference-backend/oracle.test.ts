import { describe, expect, it } from "vitest";
import {
  adapterParameterShapes,
  baseParameterShapes,
  COMMITTED,
  createReferenceBackend,
  type PassRow,
  type StreamMode,
} from "../../src/index.js";
import { expectClose } from "../support/close.js";
import { hasStreamsTiny, readStreamsTinyCase, type StreamsTinyCase } from "../support/streams-tiny.js";

const where = hasStreamsTiny ? "" : " (skipped: shared/fixtures/streams-tiny is not here; set ANABRANCH_SHARED)";
const modes: readonly StreamMode[] = ["shared", "lossless"];

/** A case's model and adapter, loaded by the reference backend. */
async function load({ spec, streams, parameters }: StreamsTinyCase) {
  const named = (shapes: ReadonlyMap<string, unknown>) => new Map([...parameters].filter(([name]) => shapes.has(name)));
  const model = await createReferenceBackend().load({ spec, tensors: named(baseParameterShapes(spec)) });
  const adapter = await model.attach({ streams, tensors: named(adapterParameterShapes(spec, streams)) });
  return { model, sequence: await model.createSequence({ adapter }) };
}

/** Rows `from` to the end, those before being committed. */
function rowsFrom({ text, streamRows }: StreamsTinyCase, from: number): PassRow[] {
  return text.tokens.slice(from).map((token, index) => {
    const parent = text.parents[from + index] as number;
    return {
      token,
      parent: parent < from ? COMMITTED : parent - from,
      streams: streamRows.includes(from + index),
      read: { logits: true },
    };
  });
}

function pathTo(rows: readonly PassRow[], row: number): number[] {
  return row === COMMITTED ? [] : [...pathTo(rows, rows[row]?.parent as number), row];
}

describe.skipIf(!hasStreamsTiny).each(modes)(`the reference backend against the oracle, %s mode${where}`, (mode) => {
  it.each([0, 1, 7, 8])("gives the tree's logits after %i committed rows", async (from) => {
    const each = readStreamsTinyCase(mode, "tree");
    const { model, sequence } = await load(each);
    const { vocabularySize } = each.spec;
    const [first, second] = [rowsFrom(each, 0).slice(0, from), rowsFrom(each, from)];
    if (from > 0) await model.pass([{ sequence, rows: first }]);
    await model.commit([{ sequence, path: first.map((_, row) => row) }]);
    const [result] = await model.pass([{ sequence, rows: second }]);
    const logits = (result?.rows ?? []).flatMap((row) => [...(row.logits ?? [])]);
    expectClose(logits, each.expected.main.data.slice(from * vocabularySize), 1e-6);
  });

  it("drafts from any accepted row what the oracle's streams there find most probable", async () => {
    const each = readStreamsTinyCase(mode, "tree");
    const { model, sequence } = await load(each);
    const { gamma } = each.streams;
    const { vocabularySize } = each.spec;
    const prompt = rowsFrom(each, 0).slice(0, 7);
    await model.pass([{ sequence, rows: prompt }]);
    await model.commit([{ sequence, path: prompt.map((_, row) => row) }]);
    const tree = rowsFrom(each, 7);
    for (const row of tree.keys()) {
      await model.pass([{ sequence, rows: tree }]);
      await model.commit([{ sequence, path: pathTo(tree, row) }]);
      const [draft] = await model.draft([{ sequence, bonus: 0, limit: { nodes: gamma, topK: 1 } }]);
      const at = each.streamRows.indexOf(7 + row) * gamma;
      for (let stream = 0; stream < gamma; stream++) {
        const from = (at + stream) * vocabularySize;
        const logits = Array.from(each.expected.streams.data.slice(from, from + vocabularySize));
        const most = Math.max(...logits);
        const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
        expect(draft?.tokens[stream]).toBe(logits.indexOf(most));
        expect(draft?.logProbs[stream]).toBeCloseTo(-Math.log(sum), 4);
      }
      await sequence.rollback(7);
    }
  });
});
