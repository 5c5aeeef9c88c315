import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { withPairedModel } from "../pair/paired-model.js";
import { pathTo } from "../pair/paths.js";
import { adapterPlans } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { modelPlans } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";
import { draftLimits } from "./streams.js";

const scenarios = fc.record({
  plan: modelPlans,
  adapters: fc.tuple(adapterPlans, adapterPlans),
  steps: fc.array(fc.tuple(rowPlans(5), rowPlans(5), rowPlans(5)), { minLength: 2, maxLength: 2 }),
  pick: fc.nat(),
  limit: draftLimits,
});

/** Three sequences on one base: without an adapter, and with two different ones. Each must be as if it were alone. */
export function severalSequences(settings: ConformanceSettings): ConformanceCase[] {
  return [together(true, settings), together(false, settings)];
}

function together(inOnePass: boolean, settings: ConformanceSettings): ConformanceCase {
  return {
    name: inOnePass
      ? "sequences that share a pass equal each alone"
      : "sequences that take turns, with different adapters, equal each alone",
    run: async (backend) => {
      const can = await capabilitiesOf(backend);
      if (inOnePass && can.maxSequences < 2) return "maxSequences is 1";
      const [first, second = first] = can.streamModes;
      const carry = can.parallelStreams ? "all" : "none";
      await forAll(settings, scenarios, async ({ plan, adapters, steps, pick, limit }) => {
        await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
          const sequences = [await model.createSequence()];
          for (const [mode, adapter] of [[first, adapters[0]] as const, [second, adapters[1]] as const]) {
            if (mode === undefined) sequences.push(await model.createSequence());
            else
              sequences.push(await model.createSequence(await model.attach(randomAdapter(adapter, mode, plan.spec))));
          }
          const share = inOnePass ? Math.min(sequences.length, can.maxSequences) : 1;
          for (const step of steps) {
            const requests = sequences.map((sequence, index) => {
              const carried = sequence.ours.adapter === undefined ? "none" : carry;
              const each = { ...can, maxRows: Math.max(1, Math.floor(can.maxRows / share)) };
              return { sequence, rows: rowsOf(step[index] ?? [], plan.spec, each, carried) };
            });
            for (let from = 0; from < requests.length; from += share) {
              await model.pass(requests.slice(from, from + share));
            }
            for (const { sequence, rows } of requests) await model.commit(sequence, pathTo(rows, pick % rows.length));
            if (carry === "none") continue;
            const drafting = sequences.filter(({ ours }) => ours.adapter !== undefined);
            for (let from = 0; from < drafting.length; from += share) {
              await model.draft(drafting.slice(from, from + share), pick % plan.spec.vocabularySize, limit);
            }
          }
        });
      });
      return undefined;
    },
  };
}
