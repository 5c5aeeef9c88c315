import type { AdapterHandle, DraftLimit, Sequence } from "@anabranch/core";
import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { type Pair, type PairedModel, withPairedModel } from "../pair/paired-model.js";
import { pathTo } from "../pair/paths.js";
import { adapterPlans } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { modelPlans } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { type RowPlan, rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";
import { draftLimits } from "./streams.js";

/** One thing that happens to one of the sequences. */
interface Step {
  readonly what: "step" | "look" | "rollback" | "fork" | "leave";
  /** Which sequence, row or length: taken modulo what there is. */
  readonly pick: number;
  readonly rows: readonly RowPlan[];
  readonly streams: "planned" | "all" | "none";
  readonly limit: DraftLimit;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Step["what"]>("step", "step", "step", "look", "rollback", "fork", "leave"),
    pick: fc.nat(),
    rows: rowPlans(6),
    streams: fc.constantFrom<Step["streams"]>("planned", "all", "none"),
    limit: draftLimits,
  }),
  { minLength: 3, maxLength: 9 },
);

/** Everything together, in any order: what a case of its own did not think of. */
export function randomWalks(settings: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "any order of passes, commits, drafts, rollbacks and forks, on sequences with and without adapters",
      run: async (backend) => {
        const { streamModes } = await capabilitiesOf(backend);
        const scenario = fc.record({ plan: modelPlans, adapter: adapterPlans, steps });
        await forAll(settings, scenario, async ({ plan, adapter, steps }) => {
          await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
            const sequences = [await model.createSequence()];
            const adapters: Pair<AdapterHandle>[] = [];
            for (const mode of streamModes) adapters.push(await model.attach(randomAdapter(adapter, mode, plan.spec)));
            for (const attached of adapters) sequences.push(await model.createSequence(attached));
            for (const step of steps) await take(model, sequences, step);
          });
        });
        return undefined;
      },
    },
  ];
}

async function take(model: PairedModel, sequences: Pair<Sequence>[], step: Step): Promise<void> {
  const at = step.pick % sequences.length;
  const sequence = sequences[at] as Pair<Sequence>;
  switch (step.what) {
    case "step":
      return decode(model, sequence, step, true);
    case "look":
      return decode(model, sequence, step, false);
    case "rollback":
      return model.rollback(sequence, step.pick % (sequence.ours.length + 1));
    case "fork":
      if (model.capabilities.fork) sequences.push(await model.fork(sequence));
      return;
    case "leave":
      if (sequences.length === 1) return;
      await sequence.ours.dispose();
      sequences.splice(at, 1);
  }
}

async function decode(model: PairedModel, sequence: Pair<Sequence>, step: Step, keep: boolean): Promise<void> {
  const { capabilities, spec } = model;
  const mode = sequence.ours.adapter?.streams.mode;
  const carry = mode !== undefined && capabilities.parallelStreams ? step.streams : "none";
  const rows = rowsOf(step.rows, spec, capabilities, carry);
  await model.pass([{ sequence, rows }]);
  if (!keep) return;
  const last = step.pick % rows.length;
  await model.commit(sequence, pathTo(rows, last));
  const deferred = mode === "lossless" && capabilities.deferredStreams && rows[last]?.streams !== true;
  if (deferred) await model.streams([sequence]);
  if (deferred || rows[last]?.streams === true) {
    await model.draft([sequence], step.pick % spec.vocabularySize, step.limit);
  }
}
