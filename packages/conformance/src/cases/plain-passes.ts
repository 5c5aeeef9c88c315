import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { expectThat } from "../conformance-failure.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { withPairedModel } from "../pair/paired-model.js";
import { chain, tokensOf } from "../pair/paths.js";
import { type ModelPlan, modelPlans, plainModel } from "../random/model-plan.js";
import { quantised, randomWeights } from "../random/model-weights.js";
import { type RowPlan, rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";

interface Scenario {
  readonly plan: ModelPlan;
  readonly text: readonly number[];
  readonly rows: readonly RowPlan[];
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  plan: modelPlans,
  text: fc.array(fc.nat(), { maxLength: 9 }),
  rows: rowPlans(10),
});

export function plainPasses(settings: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "rows of any tree give the reference's results",
      run: async (backend) => {
        await forAll(settings, scenarios, async ({ plan, text, rows }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const sequence = await model.createSequence();
            await model.extend(sequence, chain(tokensOf(text, plan.spec.vocabularySize)));
            await model.pass([{ sequence, rows: rowsOf(rows, plan.spec, model.capabilities, "none") }]);
          });
        });
        return undefined;
      },
    },
    {
      name: "int8-block weights give the results of the numbers they stand for",
      run: async (backend) => {
        const { weightFormats } = await capabilitiesOf(backend);
        if (!weightFormats.includes("int8-block")) return "int8-block is not among weightFormats";
        const blocks = fc.constantFrom(16, 32);
        await forAll(settings, fc.tuple(scenarios, blocks), async ([{ plan, text, rows }, blockSize]) => {
          const weights = quantised(randomWeights(plan), blockSize);
          await withPairedModel(backend, weights, settings.int8Tolerance, async (model) => {
            const sequence = await model.createSequence();
            await model.extend(sequence, chain(tokensOf(text, plan.spec.vocabularySize)));
            await model.pass([{ sequence, rows: rowsOf(rows, plan.spec, model.capabilities, "none") }]);
          });
        });
        return undefined;
      },
    },
    {
      name: "equal logits are ordered by token id",
      run: async (backend) => {
        await withPairedModel(backend, withoutHead(plainModel), settings.tolerance, async (model) => {
          const sequence = await model.createSequence();
          const { vocabularySize } = plainModel.spec;
          const biases = [new Float32Array(vocabularySize)];
          if (model.capabilities.vocabularyBias) {
            // Whole numbers: on a head of zeros they are the logits themselves, equal ones exactly so.
            biases.push(Float32Array.from(biases[0] as Float32Array, (_, token) => (token * 5) % 4));
          }
          for (const bias of biases) {
            const read = { argmax: true, topLogProbs: 5, ...(biases.length > 1 && { vocabularyBias: bias }) };
            const [results] = await model.pass([{ sequence, rows: [{ token: 3, parent: -1, read }] }]);
            const value = (token: number): number => bias[token] as number;
            const expected = [...bias.keys()].sort((a, b) => value(b) - value(a) || a - b).slice(0, 5);
            const found = results?.[0];
            expectThat(found?.argmax === expected[0], () => `argmax is ${found?.argmax}, not ${expected[0]}`);
            const top = found?.topLogProbs?.tokens ?? [];
            expectThat(`${top}` === `${expected}`, () => `topLogProbs are the tokens ${top}, not ${expected}`);
          }
        });
        return undefined;
      },
    },
  ];
}

/** A model whose logits are all zero. */
function withoutHead(plan: ModelPlan): ReturnType<typeof randomWeights> {
  const { spec, tensors } = randomWeights(plan);
  const zeros = new Float32Array(spec.vocabularySize * spec.hiddenSize);
  const shape = [spec.vocabularySize, spec.hiddenSize];
  return { spec, tensors: new Map(tensors).set("lm_head.weight", { format: "f32", shape, data: zeros }) };
}
