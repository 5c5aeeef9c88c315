import { type Backend, type PassRow, referenceRuntime, type StreamMode } from "@anabranch/core";
import { createGraphBackend } from "@anabranch/graph-backend";
import { describe, expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";
import { fixtureIsThere, loadOracle, type OracleCase } from "./backend-oracle.js";

const where = fixtureIsThere ? "" : " (skipped: shared/fixtures/streams-tiny is not here; set ANABRANCH_SHARED)";
const names = ["prefill", "tree"] as const;
const cases = (["shared", "lossless"] as const).flatMap((mode) => names.map((name) => [mode, name] as const));
const backends: readonly (readonly [name: string, create: () => Backend])[] = [
  ["reference", () => createGraphBackend({ name: "reference", runtime: referenceRuntime, weightFormats: ["f32"] })],
  ["onnx", () => createOnnxBackend({ threads: 1 })],
];

/** Rows that committed alone are a chain; with the rest as one pass after them. */
const splits = [0, 1, 6];

describe.skipIf(!fixtureIsThere).each(backends)(`the oracle's logits on %s${where}`, (runtime, create) => {
  it.each(cases)("%s mode, %s, whatever part is committed first", async (mode, name) => {
    const oracle = await loadOracle(mode, name);
    const model = await create().load(oracle.weights);
    const adapter = await model.attach(oracle.adapter);
    for (const split of splits) {
      const sequence = await model.createSequence({ adapter });
      const rows = rowsOf(oracle, mode);
      if (split > 0) {
        const first = rows.slice(0, split);
        const [result] = await model.pass([{ sequence, rows: first }]);
        result?.rows.forEach(({ logits }, row) => {
          expectClose(logits, oracle.main(row));
        });
        await model.commit([{ sequence, path: first.map((_, row) => row) }]);
      }
      const rest = rows.slice(split).map((row) => ({ ...row, parent: Math.max(-1, row.parent - split) }));
      const [result] = await model.pass([{ sequence, rows: rest }]);
      result?.rows.forEach(({ logits }, row) => {
        expectClose(logits, oracle.main(split + row));
      });
      await sequence.dispose();
    }
    await model.dispose();
  });

  it.each(cases)("%s mode, %s: what the rows' streams draft", async (mode, name) => {
    const oracle = await loadOracle(mode, name);
    const model = await create().load(oracle.weights);
    const adapter = await model.attach(oracle.adapter);
    const deferrals = mode === "lossless" ? [false, true] : [false];
    for (const [index, row] of oracle.streamRows.entries()) {
      if (runtime === "reference" && index % 4 !== 0) continue; // slow
      for (const deferred of deferrals) {
        const sequence = await model.createSequence({ adapter });
        const rows = rowsOf(oracle, deferred ? undefined : mode);
        await model.pass([{ sequence, rows }]);
        await model.commit([{ sequence, path: pathTo(rows, row) }]);
        if (deferred) await model.streams([{ sequence }]);
        const vocabulary = oracle.weights.spec.vocabularySize;
        const [tree] = await model.draft([{ sequence, bonus: 0, limit: { nodes: 1500, topK: vocabulary } }]);
        const levels: number[] = [];
        tree?.tokens.forEach((token, node) => {
          const parent = tree.parents[node] as number;
          const level = parent === -1 ? 0 : (levels[parent] as number) + 1;
          levels[node] = level;
          const { logProbs, largest } = oracle.stream(index, level);
          expect(Math.abs((tree.logProbs[node] as number) - (logProbs[token] as number))).toBeLessThan(1e-3 * largest);
        });
        expect(new Set(levels).size).toBe(oracle.adapter.streams.gamma);
        await sequence.dispose();
      }
    }
    await model.dispose();
  });
});

function rowsOf({ tokens, parents, streamRows }: OracleCase, streams: StreamMode | undefined): PassRow[] {
  return tokens.map((token, row) => ({
    token,
    parent: parents[row] as number,
    streams: streams !== undefined && streamRows.includes(row),
    read: { logits: true },
  }));
}

function pathTo(rows: readonly PassRow[], row: number): number[] {
  const path: number[] = [];
  for (let at = row; at !== -1; at = (rows[at] as PassRow).parent) path.unshift(at);
  return path;
}

/** Within 1e-3 of the row's largest value. */
function expectClose(actual: Float32Array | undefined, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (actual?.[at] ?? Number.NaN))), 0);
  expect(worst).toBeLessThan(1e-3 * largest);
}
