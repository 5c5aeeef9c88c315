import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { withPairedModel } from "../pair/paired-model.js";
import { chain, pathTo, tokensOf } from "../pair/paths.js";
import { type ModelPlan, modelPlans, plainModel } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";

/** For long texts: the reference runs them from the start in every pass. */
const small: ModelPlan = {
  ...plainModel,
  spec: { ...plainModel.spec, layers: 2, hiddenSize: 16, mlpSize: 16, headSize: 8 },
};

const texts = (most: number): fc.Arbitrary<number[]> => fc.array(fc.nat(), { minLength: 1, maxLength: most });

/** What a committed text owes: the reference keeps nothing, so agreeing with it is agreeing with a recomputed context. */
export function committedText(settings: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "after the commit of any path, the next pass sees that text and no other row",
      run: async (backend) => {
        const steps = fc.array(fc.record({ plans: rowPlans(7), pick: fc.nat() }), { minLength: 2, maxLength: 4 });
        await forAll(settings, fc.record({ plan: modelPlans, steps }), async ({ plan, steps }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const sequence = await model.createSequence();
            for (const { plans, pick } of steps) {
              const rows = rowsOf(plans, plan.spec, model.capabilities, "none");
              await model.pass([{ sequence, rows }]);
              // One in five keeps nothing.
              await model.commit(sequence, pick % 5 === 0 ? [] : pathTo(rows, pick % rows.length));
            }
            await model.extend(sequence, chain([1], { read: { logits: true } }));
          });
        });
        return undefined;
      },
    },
    {
      name: "a prefill in chunks equals one prefill",
      run: async (backend) => {
        const scenario = fc.record({ plan: modelPlans, text: texts(24), chunk: fc.integer({ min: 1, max: 9 }) });
        await forAll(settings, scenario, async ({ plan, text, chunk }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const rows = chain(tokensOf(text, plan.spec.vocabularySize), { read: { logits: true, argmax: true } });
            for (const size of [rows.length, chunk]) await model.extend(await model.createSequence(), rows, size);
          });
        });
        return undefined;
      },
    },
    {
      name: "going on after a rollback equals never having gone there",
      run: async (backend) => {
        const scenario = fc.record({ plan: modelPlans, text: texts(12), keep: fc.nat(), plans: rowPlans(7) });
        await forAll(settings, scenario, async ({ plan, text, keep, plans }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const sequence = await model.createSequence();
            await model.extend(sequence, chain(tokensOf(text, plan.spec.vocabularySize)));
            await model.rollback(sequence, keep % (text.length + 1));
            const rows = rowsOf(plans, plan.spec, model.capabilities, "none");
            await model.pass([{ sequence, rows }]);
            await model.commit(sequence, pathTo(rows, keep % rows.length));
            await model.rollback(sequence, Math.floor(sequence.ours.length / 2));
            await model.extend(sequence, chain([2, 1], { read: { logits: true } }));
          });
        });
        return undefined;
      },
    },
    {
      name: "a fork goes its own way",
      run: async (backend) => {
        const { fork } = await capabilitiesOf(backend);
        if (!fork) return "fork is not declared";
        const scenario = fc.record({ plan: modelPlans, text: texts(9), plans: rowPlans(6), pick: fc.nat() });
        await forAll(settings, scenario, async ({ plan, text, plans, pick }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const sequence = await model.createSequence();
            await model.extend(sequence, chain(tokensOf(text, plan.spec.vocabularySize)));
            const rows = rowsOf(plans, plan.spec, model.capabilities, "none");
            await model.pass([{ sequence, rows }]);
            const twin = await model.fork(sequence);
            // The rows of the pass stayed with the first one, whatever the twin does meanwhile.
            await model.extend(twin, chain([4, 5, 6], { read: { logits: true } }));
            await model.commit(sequence, pathTo(rows, pick % rows.length));
            const next = chain([7, 8], { read: { logits: true } });
            await model.extend(sequence, next);
            await model.extend(twin, next);
            await sequence.ours.dispose();
            await model.extend(twin, next);
          });
        });
        return undefined;
      },
    },
    {
      name: "a long text lets the cache grow and shrink",
      run: async (backend) => {
        const { maxPositions } = await capabilitiesOf(backend);
        if (maxPositions < 150) return `maxPositions is ${maxPositions}: nothing has to grow`;
        await withPairedModel(backend, randomWeights(small), settings.tolerance, async (model) => {
          const sequence = await model.createSequence();
          const at = (index: number): number => (index * 7 + (index >> 3)) % small.spec.vocabularySize;
          const read = { read: { logits: true } };
          const upTo = async (length: number, chunk?: number): Promise<void> => {
            const from = sequence.ours.length;
            const tokens = Array.from({ length: length - from }, (_, index) => at(from + index));
            await model.extend(sequence, chunk === undefined ? chain(tokens) : chain(tokens, read), chunk);
          };
          const tree = [
            { token: 1, parent: -1, ...read },
            { token: 2, parent: 0, ...read },
            { token: 3, parent: 0, ...read },
            { token: 4, parent: 2, ...read },
          ];
          for (const edge of [64, 128]) {
            await upTo(edge - 2);
            await model.pass([{ sequence, rows: tree }]);
            await model.commit(sequence, [0, 2]);
            await model.pass([{ sequence, rows: tree }]);
            await model.commit(sequence, [0, 2, 3]);
            await upTo(edge + 4, 1);
          }
          await model.rollback(sequence, 63);
          await upTo(66, 1);
          await upTo(140);
          await upTo(143, 2);
        });
        return undefined;
      },
    },
  ];
}
