import type { DraftBudget, DraftLimit, DraftTree } from "@anabranch/core";
import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { expectThat } from "../conformance-failure.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { adapterPlans } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { modelPlans } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import type { ConformanceSettings } from "../settings.js";
import { draftLimits } from "./streams.js";

/** Steps of so much, and so much more a row. */
const budgetOf = (row: number, nodes: number): DraftBudget => ({
  steps: Array.from({ length: nodes + 1 }, (_, node) => 10 + row * node),
  drafting: 1,
});

export function budgets(settings: ConformanceSettings): ConformanceCase[] {
  const scenario = fc.record({
    plan: modelPlans,
    adapter: adapterPlans,
    limit: draftLimits,
    bonus: fc.nat(),
    row: fc.double({ min: 0.01, max: 3, noNaN: true }),
  });
  return [
    {
      name: "a draft under a budget has the best prefix of the tree, says what it takes, and is whole where rows are free",
      run: async (backend) => {
        const { streamModes, parallelStreams } = await capabilitiesOf(backend);
        const [mode] = streamModes;
        if (mode === undefined) return "no streamModes are declared";
        if (!parallelStreams) return "parallelStreams is not declared";
        await forAll(settings, scenario, async ({ plan, adapter, limit, bonus, row }) => {
          const model = await backend.load(randomWeights(plan));
          try {
            const handle = await model.attach(randomAdapter(adapter, mode, plan.spec));
            const sequence = await model.createSequence({ adapter: handle });
            await model.pass([{ sequence, rows: [{ token: 0, parent: -1, streams: true }] }]);
            await model.commit([{ sequence, path: [0] }]);
            const draft = async (budget?: DraftBudget): Promise<DraftTree> => {
              const asked: DraftLimit = budget === undefined ? limit : { ...limit, budget };
              const [tree] = await model.draft([{ sequence, bonus: bonus % plan.spec.vocabularySize, limit: asked }]);
              return tree as DraftTree;
            };
            const whole = await draft();
            expectThat(whole.predicted === undefined, () => "a draft without a budget says what it takes");
            const free = await draft(budgetOf(0, limit.nodes));
            expectThat(
              free.tokens.join() === whole.tokens.join(),
              () => `rows are free, and of ${whole.tokens.join()} there is ${free.tokens.join()}`,
            );
            const none = await draft(budgetOf(1e6, limit.nodes));
            expectThat(none.tokens.length === 0, () => "rows cost more than any draft can win, and there is one");
            const cut = await draft(budgetOf(row, limit.nodes));
            const nodes = bestOf(whole, row);
            expectThat(
              Math.abs(rate(whole, cut.tokens.length, row) - rate(whole, nodes, row)) < 1e-6,
              () => `${cut.tokens.length} nodes where ${nodes} give more tokens a millisecond`,
            );
            const takes = 11 + row * cut.tokens.length;
            expectThat(Math.abs((cut.predicted ?? 0) - takes) < 1e-6, () => `${cut.predicted} ms in place of ${takes}`);
          } finally {
            await model.dispose();
          }
        });
        return undefined;
      },
    },
  ];
}

/** Expected tokens a millisecond of a tree's first nodes. */
function rate(tree: DraftTree, nodes: number, row: number): number {
  const joints: number[] = [];
  tree.parents.forEach((parent, node) => {
    joints[node] = (joints[parent] ?? 0) + (tree.logProbs[node] as number);
  });
  return joints.slice(0, nodes).reduce((sum, joint) => sum + Math.exp(joint), 1) / (11 + row * nodes);
}

function bestOf(tree: DraftTree, row: number): number {
  const rates = Array.from({ length: tree.tokens.length + 1 }, (_, nodes) => rate(tree, nodes, row));
  return rates.indexOf(Math.max(...rates));
}
