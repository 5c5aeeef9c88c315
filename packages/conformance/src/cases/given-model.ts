import type { Backend, ModelWeights, StreamMode } from "@anabranch/core";
import fc from "fast-check";
import { withPairedModel } from "../pair/paired-model.js";
import { chain, pathTo, tokensOf } from "../pair/paths.js";
import { type AdapterPlan, adapterPlans } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { type CarryStreams, type RowPlan, rowPlans, rowsOf } from "../random/row-plan.js";
import { draftLimits } from "./streams.js";

/** How streams run beside a text: in the pass, in either mode, or after it. */
export type StreamRun = StreamMode | "deferred";

/** A text long enough for windows to matter, then two trees below it, with streams of a random adapter. */
export interface GivenModelScenario {
  readonly adapter: AdapterPlan;
  readonly text: readonly number[];
  readonly first: readonly RowPlan[];
  readonly second: readonly RowPlan[];
  readonly carry: CarryStreams;
  readonly pick: number;
  readonly limit: { readonly nodes: number; readonly topK: number };
}

export const givenModelScenarios: fc.Arbitrary<GivenModelScenario> = fc.record({
  adapter: adapterPlans,
  text: fc.array(fc.nat(), { minLength: 6, maxLength: 14 }),
  first: rowPlans(8),
  second: rowPlans(8),
  carry: fc.constantFrom<CarryStreams>("planned", "all"),
  pick: fc.nat(),
  limit: draftLimits,
});

/**
 * Runs a model in a backend and in the reference: text, tree, commit, draft and tree again.
 * @throws ConformanceFailure where they differ
 */
export async function holdModel(
  backend: Backend,
  weights: ModelWeights,
  { adapter, text, first, second, carry, pick, limit }: GivenModelScenario,
  run: StreamRun,
  tolerance: number,
): Promise<void> {
  const { spec } = weights;
  const deferred = run === "deferred";
  await withPairedModel(backend, weights, tolerance, async (model) => {
    const attached = await model.attach(randomAdapter(adapter, deferred ? "lossless" : run, spec));
    const sequence = await model.createSequence(attached);
    await model.extend(sequence, chain(tokensOf(text, spec.vocabularySize)));
    for (const plans of [first, second]) {
      const rows = rowsOf(plans, spec, model.capabilities, deferred ? "none" : carry);
      await model.pass([{ sequence, rows }]);
      const last = pick % rows.length;
      await model.commit(sequence, pathTo(rows, last));
      if (deferred) await model.streams([sequence]);
      if (deferred || rows[last]?.streams) await model.draft([sequence], pick % spec.vocabularySize, limit);
    }
  });
}
