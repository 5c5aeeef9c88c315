import { convertWeight, type WeightFormat } from "@anabranch/checkpoints";
import {
  type AdapterPlan,
  adapterPlans,
  familyPlans,
  type ModelPlan,
  modelPlans,
  type RowPlan,
  randomAdapter,
  randomWeights,
  rowPlans,
  rowsOf,
} from "@anabranch/conformance/random";
import type { BackendModel, ModelWeights, PassRow, Sequence, SequenceOptions } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWasmBackend, type RowPrecision } from "../src/index.js";

/** A row and 63 others. */
const ROWS = 64;
const minutes = 60_000;

interface Scenario {
  readonly model: ModelPlan;
  readonly adapter: AdapterPlan;
  /** Committed before the tree. */
  readonly text: readonly number[];
  /** Where a prompt is cut into passes, as shares of it. */
  readonly cuts: readonly number[];
  readonly tree: readonly RowPlan[];
  /** Which row of the tree is decoded alone. */
  readonly picked: number;
  readonly blockSize: number;
}

/** Long enough for what kernels do by the piece: many tiles, several blocks, a vocabulary of more than one chunk. */
const largerPlans: fc.Arbitrary<ModelPlan> = modelPlans.map(({ spec, seed }) => {
  const sizes = { layers: 2, headSize: 64, hiddenSize: 160, mlpSize: 416, vocabularySize: 1100 };
  return { spec: { ...spec, ...sizes }, seed };
});

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  model: fc.oneof(modelPlans, familyPlans, largerPlans),
  adapter: adapterPlans,
  text: fc.array(fc.nat(), { minLength: 1, maxLength: 150 }),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
  tree: rowPlans(ROWS).chain((some) =>
    fc.array(fc.constantFrom(...some), { minLength: ROWS, maxLength: ROWS }).map((more) => [...some, ...more]),
  ),
  picked: fc.nat(ROWS - 1),
  blockSize: fc.constantFrom(16, 32),
});

describe("a row's logits are the same bits", () => {
  it.each<[WeightFormat, RowPrecision]>([
    ["float32", "mixed"],
    ["int8", "mixed"],
    ["int8", "int14"],
    ["int8", "int8"],
    ["int4", "mixed"],
    ["int4", "int14"],
  ])(
    "alone and among 63 others, after a text taken in whole, in pieces or by tokens, on 1, 2 and 4 threads: %s, %s rows",
    async (format, rowPrecision) => {
      const property = fc.asyncProperty(scenarios, async (scenario) => {
        const weights = converted(randomWeights(scenario.model), format, scenario.blockSize);
        let first: Found | undefined;
        for (const threads of [1, 2, 4]) {
          const model = await createWasmBackend({ threads, rowPrecision }).load(weights);
          try {
            const found = await everyWay(model, scenario);
            first ??= found;
            expectSame(`${threads} threads`, found, first);
          } finally {
            await model.dispose();
          }
        }
      });
      await fc.assert(property, { numRuns: 8, seed: 5, unbiased: true, endOnFailure: true });
    },
    5 * minutes,
  );
});

function converted({ spec, tensors }: ModelWeights, format: WeightFormat, blockSize: number): ModelWeights {
  return {
    spec,
    tensors: new Map([...tensors].map(([name, tensor]) => [name, convertWeight(name, tensor, format, blockSize)])),
  };
}

/** Logits of the text's rows and of the tree's, one row after the other. */
interface Found {
  readonly text: readonly Float32Array[];
  readonly tree: readonly Float32Array[];
}

/** Decodes in all ways that must not matter, and returns what all of them gave. */
async function everyWay(model: BackendModel, { adapter, text, cuts, tree, picked }: Scenario): Promise<Found> {
  const { vocabularySize } = model.spec;
  const tokens = text.map((token) => token % vocabularySize);
  const rows = rowsOf(tree.slice(0, ROWS), model.spec, model.capabilities, "none").map(readAll);

  const whole = await model.createSequence();
  const found = { text: await extend(model, whole, tokens, [0, 1]), tree: await look(model, whole, rows) };

  const pieces = await model.createSequence();
  expectSameRows("the text in pieces", await extend(model, pieces, tokens, [0, ...cuts, 1]), found.text);
  expectSameRows("a tree after a text in pieces", await look(model, pieces, rows), found.tree);

  const single = await model.createSequence();
  const every = tokens.map((_, index) => index / tokens.length);
  expectSameRows("the text by tokens", await extend(model, single, tokens, [...every, 1]), found.text);

  // Beside each other's rows, the other with streams, which a lossless adapter's main rows never see.
  const attached = await model.attach(randomAdapter(adapter, "lossless", model.spec));
  const streaming = await model.createSequence({ adapter: attached } satisfies SequenceOptions);
  expectSameRows("a text with an adapter", await extend(model, streaming, tokens, [0, 1]), found.text);
  const carrying = rowsOf(tree.slice(0, ROWS), model.spec, model.capabilities, "planned").map(readAll);
  const [one, other] = await model.pass([
    { sequence: pieces, rows },
    { sequence: streaming, rows: carrying },
  ]);
  expectSameRows("beside another sequence", logits(one?.rows), found.tree);
  expectSameRows("beside streams", logits(other?.rows), found.tree);

  // The picked row's path: as a chain of its own, then one token a pass.
  const path = pathTo(rows, picked);
  const alone = path.map((row, index) => ({ ...(rows[row] as PassRow), parent: index - 1 }));
  const expected = path.map((row) => found.tree[row] as Float32Array);
  expectSameRows("a path alone", await look(model, single, alone), expected);
  expectSameRows(
    "a path by tokens",
    await extend(
      model,
      single,
      tokensOf(alone),
      [...alone.keys(), alone.length].map((at) => at / alone.length),
    ),
    expected,
  );
  return found;
}

const readAll = (row: PassRow): PassRow => ({ ...row, read: { logits: true } });

const tokensOf = (rows: readonly PassRow[]): number[] => rows.map(({ token }) => token);

const logits = (rows: readonly { readonly logits?: Float32Array }[] = []): Float32Array[] =>
  rows.map((row) => row.logits as Float32Array);

async function look(model: BackendModel, sequence: Sequence, rows: readonly PassRow[]): Promise<Float32Array[]> {
  const [result] = await model.pass([{ sequence, rows }]);
  return logits(result?.rows);
}

/** Commits tokens as a chain, in the passes that cuts make of them, given as shares of the text. */
async function extend(
  model: BackendModel,
  sequence: Sequence,
  tokens: readonly number[],
  cuts: readonly number[],
): Promise<Float32Array[]> {
  const bounds = cuts.map((share) => Math.round(share * tokens.length)).sort((a, b) => a - b);
  const found: Float32Array[] = [];
  for (const [index, end] of bounds.entries()) {
    const part = tokens.slice(bounds[index - 1] ?? 0, end);
    if (part.length === 0) continue;
    found.push(
      ...(await look(
        model,
        sequence,
        part.map((token, row) => readAll({ token, parent: row - 1 })),
      )),
    );
    await model.commit([{ sequence, path: [...part.keys()] }]);
  }
  return found;
}

function pathTo(rows: readonly PassRow[], row: number): number[] {
  const path: number[] = [];
  for (let at = row; at >= 0; at = (rows[at] as PassRow).parent) path.unshift(at);
  return path;
}

function expectSame(what: string, found: Found, expected: Found): void {
  expectSameRows(`${what}: text`, found.text, expected.text);
  expectSameRows(`${what}: tree`, found.tree, expected.tree);
}

function expectSameRows(what: string, found: readonly Float32Array[], expected: readonly Float32Array[]): void {
  expect(found.length, what).toBe(expected.length);
  for (const [row, numbers] of found.entries()) {
    const other = expected[row] as Float32Array;
    expect(numbers.length, what).toBe(other.length);
    const at = numbers.findIndex((value, index) => !Object.is(value, other[index]));
    if (at >= 0) expect.fail(`${what}: logit ${at} of row ${row} is ${numbers[at]}, not ${other[at]}`);
    expect(numbers.every(Number.isFinite), `${what}: row ${row} is finite`).toBe(true);
  }
}
