import fc from "fast-check";
import { expectSameResults } from "../compare/row-results.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectThat } from "../conformance-failure.js";
import { forAll } from "../for-all.js";
import { withPairedModel } from "../pair/paired-model.js";
import { chain, pathTo } from "../pair/paths.js";
import { modelPlans } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";

const scenarios = fc.record({
  plan: modelPlans,
  steps: fc.array(fc.record({ plans: rowPlans(6), pick: fc.nat() }), { minLength: 2, maxLength: 3 }),
  keep: fc.nat(),
});

export function queuedCalls(settings: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "calls made without waiting run one after another",
      run: async (backend) => {
        await forAll(settings, scenarios, async ({ plan, steps, keep }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const { capabilities } = model;
            const [a, b] = [await model.createSequence(), await model.createSequence()];
            const all = steps.map(({ plans, pick }) => {
              const rows = rowsOf(plans, plan.spec, capabilities, "none").map((row) => ({
                ...row,
                read: { logits: true },
              }));
              return { rows, path: pathTo(rows, pick % rows.length) };
            });
            const length = all.reduce((sum, { path }) => sum + path.length, 0);
            const last = chain([1, 2], { read: { logits: true } }).slice(0, capabilities.maxRows);
            const play = (side: "ours" | "truth"): Promise<unknown>[] => {
              const started: Promise<unknown>[] = [];
              for (const { rows, path } of all) {
                for (const { [side]: sequence } of [a, b]) {
                  started.push(model[side].pass([{ sequence, rows }]), model[side].commit([{ sequence, path }]));
                }
              }
              // A call that is refused must not hold up or fail those behind it.
              started.push(model[side].commit([{ sequence: a[side], path: [0] }]).catch(() => "refused"));
              started.push(a[side].rollback(keep % (length + 1)));
              for (const { [side]: sequence } of [b, a]) started.push(model[side].pass([{ sequence, rows: last }]));
              return started;
            };
            const ours = await Promise.all(play("ours"));
            const truth = await Promise.all(play("truth"));
            expectThat(a.ours.length === a.truth.length, () => `a length of ${a.ours.length}, not ${a.truth.length}`);
            truth.forEach((expected, index) => {
              if (!isPass(expected)) return;
              const found = ours[index];
              expectThat(isPass(found), () => "a pass gave no result");
              const rows = expected[0].rows.length === found[0].rows.length ? expected[0].rows : [];
              const asked = rows.map(() => ({ token: 0, parent: -1, read: { logits: true } }));
              expectSameResults(asked, found[0].rows, rows, settings.tolerance);
            });
          });
        });
        return undefined;
      },
    },
  ];
}

type Passes = [{ rows: Parameters<typeof expectSameResults>[1] }];

function isPass(value: unknown): value is Passes {
  return Array.isArray(value) && value.length === 1;
}
