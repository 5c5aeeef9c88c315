import type { DraftLimit, StreamMode } from "@anabranch/core";
import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { expectRefused, expectThat } from "../conformance-failure.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { withPairedModel } from "../pair/paired-model.js";
import { chain, pathTo } from "../pair/paths.js";
import { adapterPlans, plainAdapter } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { modelPlans, plainModel } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { type CarryStreams, type RowPlan, rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";
import { draftLimits } from "./streams.js";

interface Turn {
  readonly rows: readonly RowPlan[];
  readonly threshold: number;
  readonly carry: CarryStreams;
  readonly pick: number;
  readonly limit: DraftLimit;
}

/** Of random tokens most are improbable: the thresholds lie among their probabilities. */
const turns: fc.Arbitrary<Turn[]> = fc.array(
  fc.record({
    rows: rowPlans(9),
    threshold: fc.constantFrom(0, 1e-4, 1e-3, 5e-3, 0.02, 0.05, 0.2, 1),
    carry: fc.constantFrom<CarryStreams>("planned", "all", "none"),
    pick: fc.nat(),
    limit: draftLimits,
  }),
  { minLength: 2, maxLength: 3 },
);

const scenarios = fc.record({
  plan: modelPlans,
  adapter: adapterPlans.map((adapter) => ({ ...adapter, pruningRank: Math.max(1, adapter.pruningRank) })),
  turns,
});

export function pruningCases(settings: ConformanceSettings): ConformanceCase[] {
  return [prunedPasses("shared", settings), prunedPasses("lossless", settings), ends(settings)];
}

/** Pruned passes one after another, each going on from a row that survived, beside a sequence that nothing prunes. */
function prunedPasses(mode: StreamMode, settings: ConformanceSettings): ConformanceCase {
  return {
    name: `pruned passes in ${mode} mode drop the reference's rows, and the others are the reference's`,
    run: async (backend) => {
      const { pruning, streamModes, maxSequences } = await capabilitiesOf(backend);
      if (!pruning) return "pruning is not declared";
      if (!streamModes.includes(mode)) return `${mode} is not among streamModes`;
      await forAll(settings, scenarios, async ({ plan, adapter, turns }) => {
        await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
          const attached = await model.attach(randomAdapter(adapter, mode, plan.spec));
          const sequence = await model.createSequence(attached);
          const beside = [await model.createSequence(), await model.createSequence(attached)];
          for (const { rows: plans, threshold, carry, pick, limit } of turns) {
            const { parallelStreams, deferredStreams, maxRows } = model.capabilities;
            const rows = rowsOf(plans, plan.spec, model.capabilities, parallelStreams ? carry : "none");
            const requests = [{ sequence, rows, pruning: { threshold } }];
            const plain = chain([pick % plan.spec.vocabularySize], { read: { logits: true } });
            if (maxSequences > 2 && rows.length + 2 <= maxRows) {
              requests.push(...(beside.map((other) => ({ sequence: other, rows: plain })) as typeof requests));
            }
            const [survived] = await model.prunedPass(requests);
            const kept = [...rows.keys()].filter((row) => survived?.[row] === true);
            const last = kept[pick % kept.length] as number;
            await model.commit(sequence, pathTo(rows, last));
            const deferred = mode === "lossless" && deferredStreams && rows[last]?.streams !== true;
            if (deferred) await model.streams([sequence]);
            if (deferred || rows[last]?.streams === true) {
              await model.draft([sequence], pick % plan.spec.vocabularySize, limit);
            }
          }
          await model.extend(sequence, chain([1, 2], { read: { logits: true } }));
        });
      });
      return undefined;
    },
  };
}

/** The two ends of the threshold, and what a dropped row may no longer do. */
function ends(settings: ConformanceSettings): ConformanceCase {
  return {
    name: "a threshold of 0 drops no row, one of 1 all that follow rows, and dropped rows cannot be committed",
    run: async (backend) => {
      const { pruning, streamModes, maxRows } = await capabilitiesOf(backend);
      const [mode] = streamModes;
      if (!pruning || mode === undefined) return "pruning is not declared";
      if (maxRows < 4) return "a pass has room for fewer than four rows";
      await withPairedModel(backend, randomWeights(plainModel), settings.tolerance, async (model) => {
        const adapter = randomAdapter({ ...plainAdapter, pruningRank: 2 }, mode, plainModel.spec);
        const sequence = await model.createSequence(await model.attach(adapter));
        const read = { logits: true };
        const rows = [-1, 0, 0, 2].map((parent, token) => ({ token, parent, read }));
        const survivors = async (threshold: number): Promise<string> => {
          const [survived] = await model.prunedPass([{ sequence, rows, pruning: { threshold } }]);
          return String(survived);
        };
        const none = await survivors(0);
        expectThat(none === "true,true,true,true", () => `of four rows survived at a threshold of 0: ${none}`);
        const all = await survivors(1);
        expectThat(all === "true,false,false,false", () => `of four rows survived at a threshold of 1: ${all}`);
        const { ours } = sequence;
        const commit = (path: readonly number[]) => () => model.ours.commit([{ sequence: ours, path }]);
        await expectRefused("DROPPED_ROW", "the commit of a dropped row", commit([0, 1]));
        await model.commit(sequence, [0]);
        await model.extend(sequence, chain([5, 6], { read }));
        for (const threshold of [-0.1, 1.1, Number.NaN]) {
          const ask = () => model.ours.pass([{ sequence: ours, rows, pruning: { threshold } }]);
          await expectRefused("INVALID_ARGUMENT", `a threshold of ${threshold}`, ask);
        }
        const plain = await model.ours.attach(randomAdapter(plainAdapter, mode, plainModel.spec));
        for (const other of [await model.ours.createSequence(), await model.ours.createSequence({ adapter: plain })]) {
          const ask = () => model.ours.pass([{ sequence: other, rows, pruning: { threshold: 0.5 } }]);
          await expectRefused("UNSUPPORTED", "pruning without a pruning adapter", ask);
        }
      });
      return undefined;
    },
  };
}
