import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelSpec } from "../model/index.js";
import type { Capabilities } from "./capabilities.js";
import { checkPass, checkPath } from "./check-pass.js";
import { COMMITTED, type PassRequest, type PassRow } from "./pass.js";
import type { Sequence } from "./sequence.js";

const spec: ModelSpec = {
  family: "llama",
  vocabularySize: 10,
  hiddenSize: 8,
  layers: 2,
  heads: 1,
  kvHeads: 1,
  headSize: 8,
  mlpSize: 8,
  normEpsilon: 1e-5,
  rope: { theta: 10_000 },
  maxPositions: 16,
  tiedHead: true,
};

const capabilities: Capabilities = {
  maxRows: 12,
  maxSequences: 2,
  maxPositions: 16,
  weightFormats: ["f32"],
  streamModes: ["lossless"],
  parallelStreams: true,
  deferredStreams: true,
  pruning: true,
  vocabularyBias: true,
  hiddenStates: true,
  fork: true,
  rowIndependent: true,
};

/** checkPass reads a sequence's length and adapter; the rest of it is never called. */
const sequence = (length: number): Sequence => ({
  length,
  adapter: undefined,
  rollback: async () => undefined,
  fork: async () => sequence(length),
  dispose: async () => undefined,
});

const forests = fc
  .array(fc.record({ token: fc.nat(9), parent: fc.nat() }), { minLength: 1, maxLength: 12 })
  .map((rows) => rows.map(({ token, parent }, row): PassRow => ({ token, parent: (parent % (row + 1)) + COMMITTED })));

const check =
  (requests: readonly PassRequest[], able: Partial<Capabilities> = {}) =>
  () =>
    checkPass(spec, { ...capabilities, ...able }, requests);
const code = (name: string) => expect.objectContaining({ code: name });
const depth = (rows: readonly PassRow[], row: number): number =>
  row === COMMITTED ? -1 : 1 + depth(rows, rows[row]?.parent as number);

describe("the checks before a pass", () => {
  it("take every forest that fits, and refuse those whose deepest row is past the last position", () => {
    fc.assert(
      fc.property(forests, fc.nat(16), (rows, length) => {
        const deepest = Math.max(...rows.map((_, row) => depth(rows, row)));
        const checking = check([{ sequence: sequence(length), rows }]);
        if (length + deepest < 16) expect(checking).not.toThrow();
        else expect(checking).toThrow(code("CONTEXT_OVERFLOW"));
      }),
    );
  });

  it("count the rows of all sequences together", () => {
    fc.assert(
      fc.property(forests, forests, (first, second) => {
        const checking = check([
          { sequence: sequence(0), rows: first },
          { sequence: sequence(1), rows: second },
        ]);
        if (first.length + second.length <= 12) expect(checking).not.toThrow();
        else expect(checking).toThrow(code("UNSUPPORTED"));
      }),
    );
  });

  it("refuse what capabilities do not declare", () => {
    const one = sequence(0);
    const asking = (row: Partial<PassRow>, more: Partial<PassRequest> = {}): PassRequest[] => [
      { sequence: one, rows: [{ token: 1, parent: COMMITTED, ...row }], ...more },
    ];
    const bias = { read: { vocabularyBias: new Float32Array(10) } };
    expect(check(asking(bias))).not.toThrow();
    expect(check(asking(bias), { vocabularyBias: false })).toThrow(code("UNSUPPORTED"));
    expect(check(asking({ read: { hidden: [2] } }))).not.toThrow();
    expect(check(asking({ read: { hidden: [2] } }), { hiddenStates: false })).toThrow(code("UNSUPPORTED"));
    expect(check(asking({}, { pruning: { threshold: 0.5 } }))).toThrow(code("UNSUPPORTED"));
    expect(check(asking({ streams: true }))).toThrow(code("UNSUPPORTED"));
    const adapted = {
      ...one,
      adapter: { streams: { mode: "lossless", gamma: 1, msaLayers: 1 }, dispose: one.dispose },
    };
    const streams = { ...adapted.adapter.streams, pruning: { rank: 1, threshold: 0.5 } };
    const pruned = { ...adapted, adapter: { ...adapted.adapter, streams } };
    const pruning = (threshold: number) => asking({}, { sequence: pruned as Sequence, pruning: { threshold } });
    for (const threshold of [0, 0.5, 1]) expect(check(pruning(threshold))).not.toThrow();
    for (const threshold of [-0.1, 1.1, Number.NaN]) {
      expect(check(pruning(threshold))).toThrow(code("INVALID_ARGUMENT"));
    }
    expect(check(pruning(0.5), { pruning: false })).toThrow(code("UNSUPPORTED"));
    const streaming = asking({ streams: true }, { sequence: adapted as Sequence });
    expect(check(streaming)).not.toThrow();
    expect(check(streaming, { parallelStreams: false })).toThrow(code("UNSUPPORTED"));
  });
});

describe("the check of a commit's path", () => {
  it("takes exactly the lists of rows that lead down from the committed text", () => {
    fc.assert(
      fc.property(forests, fc.nat(), fc.array(fc.nat(11), { maxLength: 4 }), (rows, pick, any) => {
        const down = (row: number): number[] => (row === COMMITTED ? [] : [...down(rows[row]?.parent as number), row]);
        const path = down(pick % rows.length);
        for (let end = 0; end <= path.length; end++) expect(() => checkPath(rows, path.slice(0, end))).not.toThrow();
        const last = any.at(-1) ?? COMMITTED;
        const isPath = any.every((row) => row < rows.length) && down(last).join() === any.join();
        if (isPath) expect(() => checkPath(rows, any)).not.toThrow();
        else expect(() => checkPath(rows, any)).toThrow();
      }),
    );
  });

  it("says of a row that is not there, or was pruned, that it was dropped", () => {
    const rows: PassRow[] = [
      { token: 1, parent: COMMITTED },
      { token: 2, parent: 0 },
    ];
    expect(() => checkPath(undefined, [0])).toThrow(code("DROPPED_ROW"));
    expect(() => checkPath(rows, [0, 2])).toThrow(code("DROPPED_ROW"));
    expect(() => checkPath(rows, [0, 1], (row) => row !== 1)).toThrow(code("DROPPED_ROW"));
    expect(() => checkPath(rows, [1])).toThrow(code("INVALID_ARGUMENT"));
    expect(() => checkPath(undefined, [])).not.toThrow();
  });
});
