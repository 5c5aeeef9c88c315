import type { DraftLimit, StreamMode } from "@anabranch/core";
import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { expectThat } from "../conformance-failure.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { withPairedModel } from "../pair/paired-model.js";
import { chain, pathTo, tokensOf } from "../pair/paths.js";
import { type AdapterPlan, adapterPlans } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { type ModelPlan, modelPlans } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import { type CarryStreams, type RowPlan, rowPlans, rowsOf } from "../random/row-plan.js";
import type { ConformanceSettings } from "../settings.js";

interface Scenario {
  readonly plan: ModelPlan;
  readonly adapter: AdapterPlan;
  readonly first: readonly RowPlan[];
  readonly second: readonly RowPlan[];
  readonly carry: CarryStreams;
  readonly pick: number;
  readonly limit: DraftLimit;
}

export const draftLimits: fc.Arbitrary<DraftLimit> = fc
  .record({
    nodes: fc.nat(16),
    topK: fc.integer({ min: 1, max: 4 }),
    depth: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    transitions: fc.boolean(),
    markov: fc.boolean(),
  })
  .map(({ depth, ...limit }) => (depth === undefined ? limit : { ...limit, depth }));

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  plan: modelPlans,
  adapter: adapterPlans,
  first: rowPlans(8),
  second: rowPlans(8),
  carry: fc.constantFrom<CarryStreams>("planned", "all"),
  pick: fc.nat(),
  limit: draftLimits,
});

export function streamCases(settings: ConformanceSettings): ConformanceCase[] {
  return [
    parallelStreams("shared", settings),
    parallelStreams("lossless", settings),
    carriedStreamsStay(settings),
    speculationOff(settings),
    deferredStreams(settings),
    deferredEqualsParallel(settings),
  ];
}

/** Two passes with streams, a committed path between them, and a draft from its last row. */
function parallelStreams(mode: StreamMode, settings: ConformanceSettings): ConformanceCase {
  return {
    name: `${mode} streams on some rows or all: results, drafts and the next pass are the reference's`,
    run: async (backend) => {
      const { streamModes, parallelStreams } = await capabilitiesOf(backend);
      if (!streamModes.includes(mode)) return `${mode} is not among streamModes`;
      if (!parallelStreams) return "parallelStreams is not declared";
      await forAll(settings, scenarios, async ({ plan, adapter, first, second, carry, pick, limit }) => {
        await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
          const attached = await model.attach(randomAdapter(adapter, mode, plan.spec));
          const sequence = await model.createSequence(attached);
          const rows = rowsOf(first, plan.spec, model.capabilities, carry);
          await model.pass([{ sequence, rows }]);
          const last = pick % rows.length;
          await model.commit(sequence, pathTo(rows, last));
          if (rows[last]?.streams) await model.draft([sequence], pick % plan.spec.vocabularySize, limit);
          await model.pass([{ sequence, rows: rowsOf(second, plan.spec, model.capabilities, carry) }]);
        });
      });
      return undefined;
    },
  };
}

/**
 * In shared mode a committed row has seen its streams, and later rows see what came of that. It shows from two MSA layers on:
 * keys and values of the first are made before any row has seen a stream.
 */
function carriedStreamsStay(settings: ConformanceSettings): ConformanceCase {
  const row = fc.record({ token: fc.nat(), streams: fc.boolean() });
  const scenario = fc.record({
    plan: modelPlans,
    adapter: adapterPlans.map((adapter) => ({ ...adapter, msa: 1 })),
    text: fc.array(row, { minLength: 3, maxLength: 9 }),
    chunk: fc.integer({ min: 1, max: 9 }),
  });
  return {
    name: "in shared mode, later passes see which committed rows carried streams",
    run: async (backend) => {
      const { streamModes, parallelStreams } = await capabilitiesOf(backend);
      if (!streamModes.includes("shared")) return "shared is not among streamModes";
      if (!parallelStreams) return "parallelStreams is not declared";
      await forAll(settings, scenario, async ({ plan, adapter, text, chunk }) => {
        await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
          const sequence = await model.createSequence(await model.attach(randomAdapter(adapter, "shared", plan.spec)));
          const { vocabularySize } = plan.spec;
          const rows = text.map(({ token, streams }, index) => ({
            token: token % vocabularySize,
            streams,
            parent: index - 1,
          }));
          await model.extend(sequence, rows, chunk);
          for (const streams of [false, true]) {
            await model.extend(sequence, chain([1], { streams, read: { logits: true } }));
          }
          await model.rollback(sequence, text.length - 1);
          await model.extend(sequence, chain([2], { streams: true, read: { logits: true } }));
        });
      });
      return undefined;
    },
  };
}

/** An adapter that acts on streams alone leaves a pass without streams as the base model has it. */
function speculationOff(settings: ConformanceSettings): ConformanceCase {
  return {
    name: "a sequence with an adapter but without streams in its rows gives the reference's results",
    run: async (backend) => {
      const { streamModes } = await capabilitiesOf(backend);
      if (streamModes.length === 0) return "no streamModes are declared";
      const modes = fc.constantFrom(...streamModes);
      await forAll(settings, fc.tuple(scenarios, modes), async ([{ plan, adapter, first, second, pick }, mode]) => {
        await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
          const sequence = await model.createSequence(await model.attach(randomAdapter(adapter, mode, plan.spec)));
          const rows = rowsOf(first, plan.spec, model.capabilities, "none");
          await model.pass([{ sequence, rows }]);
          await model.commit(sequence, pathTo(rows, pick % rows.length));
          await model.pass([{ sequence, rows: rowsOf(second, plan.spec, model.capabilities, "none") }]);
        });
      });
      return undefined;
    },
  };
}

function deferredStreams(settings: ConformanceSettings): ConformanceCase {
  return {
    name: "deferred streams give the reference's drafts and leave the text as it is",
    run: async (backend) => {
      const { streamModes, deferredStreams } = await capabilitiesOf(backend);
      if (!deferredStreams || !streamModes.includes("lossless")) return "deferredStreams is not declared";
      await forAll(settings, scenarios, async ({ plan, adapter, first, second, pick, limit }) => {
        await withPairedModel(backend, randomWeights(plan), settings.tolerance, async (model) => {
          const attached = await model.attach(randomAdapter(adapter, "lossless", plan.spec));
          const sequence = await model.createSequence(attached);
          for (const plans of [first, second]) {
            const rows = rowsOf(plans, plan.spec, model.capabilities, "none");
            await model.pass([{ sequence, rows }]);
            await model.commit(sequence, pathTo(rows, pick % rows.length));
            await model.streams([sequence]);
            await model.draft([sequence], pick % plan.spec.vocabularySize, limit);
          }
          await model.extend(sequence, chain(tokensOf([pick], plan.spec.vocabularySize), { read: { logits: true } }));
        });
      });
      return undefined;
    },
  };
}

/** The two ways to run lossless streams against each other, without the reference between them. */
function deferredEqualsParallel(settings: ConformanceSettings): ConformanceCase {
  return {
    name: "deferred and parallel streams draft the same",
    run: async (backend) => {
      const { streamModes, deferredStreams, parallelStreams } = await capabilitiesOf(backend);
      if (!deferredStreams || !parallelStreams) return "not both deferredStreams and parallelStreams are declared";
      if (!streamModes.includes("lossless")) return "lossless is not among streamModes";
      await forAll(settings, scenarios, async ({ plan, adapter, first, pick }) => {
        const model = await backend.load(randomWeights(plan));
        try {
          // Without a Markov head, below which a near-tie changes all that follows.
          const independent = { ...adapter, markov: "none" } as const;
          const attached = await model.attach(randomAdapter(independent, "lossless", plan.spec));
          const drafts = [];
          for (const carry of ["all", "none"] as const) {
            const sequence = await model.createSequence({ adapter: attached });
            const rows = rowsOf(first, plan.spec, model.capabilities, carry);
            await model.pass([{ sequence, rows }]);
            await model.commit([{ sequence, path: pathTo(rows, pick % rows.length) }]);
            if (carry === "none") await model.streams([{ sequence }]);
            // One node a level: only a near-tie between a level's best two tokens can change it.
            const limit = { nodes: adapter.gamma, topK: 1, transitions: false };
            const [draft] = await model.draft([{ sequence, bonus: 0, limit }]);
            drafts.push(draft);
          }
          const [parallel, deferred] = drafts;
          expectThat(parallel !== undefined && deferred !== undefined, () => "a draft is missing");
          parallel.logProbs.forEach((value, node) => {
            const other = deferred.logProbs[node] ?? Number.NaN;
            expectThat(
              Math.abs(value - other) <= settings.tolerance * Math.max(1, Math.abs(value)),
              () => `level ${node + 1}: parallel streams give ${value}, deferred ones ${other}`,
            );
          });
        } finally {
          await model.dispose();
        }
      });
      return undefined;
    },
  };
}
