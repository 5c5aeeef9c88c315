import type { PassRow, RowResult } from "@anabranch/core";
import fc from "fast-check";
import { expectSameBits } from "../compare/same-bits.js";
import type { ConformanceCase } from "../conformance-case.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { chain, pathTo, tokensOf } from "../pair/paths.js";
import { modelPlans } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";

const scenarios = fc.record({
  plan: modelPlans,
  text: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
  plans: rowPlans(10),
});

/**
 * What makes speculation lossless to the last token: a row of a draft tree has the same bits as the same token decoded
 * alone, whether its ancestors are rows of the pass or committed already, and whatever stands beside it.
 */
export function rowIndependence(settings: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "a row's results are the same bits whatever shares its pass",
      run: async (backend) => {
        const { rowIndependent, maxSequences } = await capabilitiesOf(backend);
        if (!rowIndependent) return "rowIndependent is not declared";
        await forAll(settings, scenarios, async ({ plan, text, plans }) => {
          const model = await backend.load(randomWeights(plan));
          try {
            const read = { logits: true, argmax: true, topLogProbs: 4, logProbsOf: [1, 2] };
            const rows = rowsOf(plans, plan.spec, model.capabilities, "none").map((row) => ({ ...row, read }));
            const tokens = tokensOf(text, plan.spec.vocabularySize);
            const fresh = async () => {
              const sequence = await model.createSequence();
              for (const row of chain(tokens)) {
                await model.pass([{ sequence, rows: [{ ...row, parent: -1 }] }]);
                await model.commit([{ sequence, path: [0] }]);
              }
              return sequence;
            };
            const sequence = await fresh();
            const [whole] = await model.pass([{ sequence, rows }]);
            for (const [row, expected] of (whole?.rows ?? []).entries()) {
              const path = pathTo(rows, row).map((at) => rows[at] as PassRow);
              const [alone] = await model.pass([{ sequence, rows: asChain(path) }]);
              expectSameBits(`row ${row} with its ancestors alone`, expected, alone?.rows.at(-1) as RowResult);
            }
            await decodeDeepest(rows, whole?.rows ?? [], async (row) => {
              const [one] = await model.pass([{ sequence, rows: [{ ...row, parent: -1 }] }]);
              await model.commit([{ sequence, path: [0] }]);
              return one?.rows[0] as RowResult;
            });
            if (maxSequences < 2 || 2 * rows.length > model.capabilities.maxRows) return;
            const [one, other] = [await fresh(), await fresh()];
            await other.rollback(Math.floor(tokens.length / 2));
            const [beside] = await model.pass([
              { sequence: one, rows },
              { sequence: other, rows },
            ]);
            for (const [row, expected] of (whole?.rows ?? []).entries()) {
              expectSameBits(`row ${row} beside another sequence`, expected, beside?.rows[row] as RowResult);
            }
          } finally {
            await model.dispose();
          }
        });
        return undefined;
      },
    },
  ];
}

const asChain = (path: readonly PassRow[]): PassRow[] => path.map((row, index) => ({ ...row, parent: index - 1 }));

/** Decodes the last row's path one token a pass. */
async function decodeDeepest(
  rows: readonly PassRow[],
  expected: readonly RowResult[],
  decode: (row: PassRow) => Promise<RowResult>,
): Promise<void> {
  for (const row of pathTo(rows, rows.length - 1)) {
    const found = await decode(rows[row] as PassRow);
    expectSameBits(`row ${row} decoded one token a pass`, expected[row] as RowResult, found);
  }
}
