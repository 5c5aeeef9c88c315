import { readFile } from "node:fs/promises";
import { createOnnxBackend } from "@anabranch/backend-onnx";
import { createWasmBackend } from "@anabranch/backend-wasm";
import { loadModel } from "@anabranch/checkpoints";
import type { Backend, BackendModel, RowResult, TokenLogProbs } from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { absent, sharedPath } from "./support/shared.js";

/** By Hugging Face transformers, float32. */
interface Reference {
  readonly ids: readonly number[];
  /** Tokens with their logits after the last of `ids`. */
  readonly last_top20: readonly (readonly [token: number, logit: number])[];
  /** After each of `ids`. */
  readonly argmax: readonly number[];
  /** Of ids[1], ids[2], ... after the one before. */
  readonly next_logprob: readonly number[];
  readonly greedy: readonly number[];
  /** Best minus second logit at each greedy token. */
  readonly greedy_gap: readonly number[];
}

const file = sharedPath("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");
const reference = sharedPath("fixtures", "smollm2-reference.json");
const reason = absent(file) || absent(reference);
const nearTie = 0.01;
/** A busy machine with two processors is slow; a model that hangs is slower. */
const minutes = 60_000;
const threads = 2;

describe.skipIf(reason !== "").each<[string, () => Backend]>([
  ["onnx", () => createOnnxBackend({ weights: "float32", threads })],
  ["wasm", () => createWasmBackend({ weights: "float32", threads })],
])(`SmolLM2-135M-Instruct from its GGUF file, float32, on %s${reason}`, (_, createBackend) => {
  let model: BackendModel;
  let references: readonly Reference[];
  beforeAll(async () => {
    references = JSON.parse(await readFile(reference, "utf8"));
    const { weights } = await loadModel(file);
    model = await createBackend().load(weights);
  }, 5 * minutes);
  afterAll(() => model?.dispose());

  it.each([0, 1, 2, 3, 4, 5, 6])(
    "computes what transformers computes, prompt %i",
    async (index) => {
      const { ids, last_top20, argmax, next_logprob, greedy, greedy_gap } = references[index] as Reference;
      const rows = await readRows(model, [...ids, ...greedy.slice(0, -1)]);
      for (const [at, expected] of argmax.entries()) {
        const row = rows[at] as RowResult;
        if (gap(row.topLogProbs) > nearTie) expect(row.argmax, `position ${at}`).toBe(expected);
      }
      for (const [at, expected] of next_logprob.entries()) {
        expect(Math.abs((rows[at]?.logProbsOf?.[0] as number) - expected), `position ${at}`).toBeLessThan(1e-3);
      }
      for (const [step, expected] of greedy.entries()) {
        if ((greedy_gap[step] as number) <= nearTie) continue;
        expect(rows[ids.length - 1 + step]?.argmax, `greedy token ${step}`).toBe(expected);
      }
      const logits = rows[ids.length - 1]?.logits as Float32Array;
      for (const [token, logit] of last_top20) expect(Math.abs((logits[token] as number) - logit)).toBeLessThan(1e-3);
    },
    2 * minutes,
  );
});

/** Shares and means over all of the reference's positions. */
async function deviation(backend: Backend, references: readonly Reference[]) {
  const { weights } = await loadModel(file);
  const model = await backend.load(weights);
  const equal: boolean[] = [];
  const differences: number[] = [];
  try {
    for (const { ids, argmax, greedy, next_logprob } of references) {
      const rows = await readRows(model, [...ids, ...greedy.slice(0, -1)]);
      for (const [at, expected] of [...argmax, ...greedy.slice(1)].entries()) equal.push(rows[at]?.argmax === expected);
      for (const [at, expected] of next_logprob.entries()) {
        differences.push(Math.abs((rows[at]?.logProbsOf?.[0] as number) - expected));
      }
    }
  } finally {
    await model.dispose();
  }
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  return { equal: equal.filter(Boolean).length / equal.length, mean };
}

/** Rounded weights by what rows keep, the least share of equal argmaxes, and the largest mean |Δ log-probability|. */
type Rounded = [what: string, backend: Backend, share: number, most: number];

describe.skipIf(reason !== "")(`SmolLM2-135M-Instruct with rounded weights${reason}`, () => {
  const figures: string[] = [];
  afterAll(() => console.log(`Equal argmax, mean |Δ log p| against transformers in float32\n${figures.join("\n")}`));

  const onnx = { weights: "int8", threads } as const;
  const wasm = { weights: "int8", threads } as const;
  it.each<Rounded>([
    ["wasm: 8 bits, rows of 8 bits", createWasmBackend({ ...wasm, rowPrecision: "int8" }), 0.945, 0.12],
    ["wasm: 8 bits, rows as load() has them", createWasmBackend(wasm), 0.945, 0.08],
    ["wasm: 8 bits, rows of 14 bits", createWasmBackend({ ...wasm, rowPrecision: "int14" }), 0.945, 0.06],
    ["onnx: 8 bits, rows of 8 bits", createOnnxBackend(onnx), 0.95, 0.15],
    ["onnx: 8 bits, rows as load() has them", createOnnxBackend({ ...onnx, rowPrecision: "mixed" }), 0.95, 0.09],
    ["onnx: 8 bits, rows of 16 bits", createOnnxBackend({ ...onnx, rowPrecision: "int16" }), 0.95, 0.06],
    [
      "onnx: the file's own 4 bits, rows of 16 bits",
      createOnnxBackend({ ...onnx, weights: "as-stored", rowPrecision: "int16" }),
      0.99,
      0.002,
    ],
    [
      "wasm: the file's own 4 bits, rows of 14 bits",
      createWasmBackend({ ...wasm, weights: "as-stored", rowPrecision: "int14" }),
      0.99,
      0.003,
    ],
  ])(
    "%s",
    async (what, backend, share, most) => {
      const references: Reference[] = JSON.parse(await readFile(reference, "utf8"));
      const { equal, mean } = await deviation(backend, references);
      figures.push(`  ${what.padEnd(44)} ${(100 * equal).toFixed(1)}%  ${mean.toFixed(4)}`);
      expect(equal).toBeGreaterThanOrEqual(share);
      expect(mean).toBeLessThan(most);
    },
    5 * minutes,
  );
});

/** One pass over a text; logits after each token. */
async function readRows(model: BackendModel, tokens: readonly number[]): Promise<readonly RowResult[]> {
  const sequence = await model.createSequence();
  const rows = tokens.map((token, row) => {
    const next = tokens[row + 1];
    const logProbsOf = next === undefined ? {} : { logProbsOf: [next] };
    return { token, parent: row - 1, read: { argmax: true, topLogProbs: 2, logits: true, ...logProbsOf } };
  });
  try {
    const [result] = await model.pass([{ sequence, rows }]);
    return result?.rows ?? [];
  } finally {
    await sequence.dispose();
  }
}

const gap = (top: TokenLogProbs | undefined): number => (top?.logProbs[0] as number) - (top?.logProbs[1] as number);
