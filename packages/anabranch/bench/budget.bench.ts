/**
 * Drafts under a budget: what calls cost here, which trees that gives, what the cost model predicted beside what was measured, and
 * the speed beside plain decoding and trees of fixed sizes.
 * `pnpm bench budget [--model smollm2|e2e|PLACE] [--adapter FOLDER] [--threads 2] [--prompts 6] [--tokens 128] [--rounds 2]
 * [--fixed 2,4,8,16] [--markov] [--clock processor]`
 *
 * SmolLM2-135M-Instruct at 8 bits answers MT-Bench's first turns; without --adapter it has random streams (with --markov, and a
 * random Markov head), which are never right: then a budget has to see that plain decoding is best. `--model e2e` is the embedded
 * model with its own streams. Sides take turns after every prompt, and all decode the same tokens. By rows, the medians of steps
 * of all sizes, also of those that a budget would not choose. `--clock processor` counts this process's own processor time, in
 * calibration too: with one thread that is about what a machine would take that does nothing else.
 */
import { parseArgs } from "node:util";
import { machineLine } from "@anabranch/bench-kit/machine";
import { requireModel } from "@anabranch/bench-kit/smollm2";
import { renderTable, summarize } from "@anabranch/evaluation";
import { describeCosts } from "../src/calibrate/describe-costs.js";
import { makeDrafter } from "../src/model/drafting.js";
import { compareSpeed, type Side } from "./budget/compare-speed.js";
import { predictedByRows } from "./budget/predicted-by-rows.js";
import { openSubject } from "./budget/subject.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    model: { type: "string", default: "smollm2" },
    adapter: { type: "string" },
    threads: { type: "string", default: "2" },
    prompts: { type: "string", default: "6" },
    tokens: { type: "string", default: "128" },
    rounds: { type: "string", default: "2" },
    fixed: { type: "string", default: "2,4,8,16" },
    markov: { type: "boolean", default: false },
    clock: { type: "string", default: "wall" },
  },
});

if (values.clock === "processor") {
  performance.now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}
if (values.model === "smollm2") requireModel();
const threads = Number(values.threads);
const subject = await openSubject({ ...values, threads, prompts: Number(values.prompts) });
const maxTokens = Number(values.tokens);
console.log(await machineLine());
console.log(
  `${subject.description}; ${values.clock} clock, ${threads} threads, ${subject.prompts.length} prompts, ${maxTokens} tokens each\n`,
);

const start = performance.now();
const costs = await subject.budgeting.calibrate({});
console.log(`Calibrated in ${((performance.now() - start) / 1000).toFixed(1)} s.\n${describeCosts(costs)}\n`);

const rows = await predictedByRows(subject, costs, maxTokens);
console.log("Steps that draft, by rows: predicted and measured milliseconds (medians)");
console.log(
  renderTable<(typeof rows)[number]>(
    [
      { title: "rows", value: (row) => row.rows },
      { title: "steps", value: (row) => row.steps },
      { title: "predicted", value: (row) => row.predicted, decimals: 2 },
      { title: "measured", value: (row) => row.measured, decimals: 2 },
      { title: "error", value: (row) => `${(100 * (row.predicted / row.measured - 1)).toFixed(1)}%` },
    ],
    rows,
  ),
);

const sides: Side[] = [
  { name: "plain", drafter: await makeDrafter(subject, { drafter: "none" }) },
  { name: "auto", drafter: await makeDrafter(subject, { budget: costs, opening: false }) },
  ...(await Promise.all(
    values.fixed.split(",").map(async (nodes) => {
      const drafter = await makeDrafter(subject, { nodes: Number(nodes), opening: false });
      return { name: `${nodes} nodes`, drafter };
    }),
  )),
];
const results = await compareSpeed(subject, sides, { maxTokens, rounds: Number(values.rounds) });
console.log("\nBehind the prefill; ratios to plain are of the same prompt in the same round");
console.log(
  renderTable<(typeof results)[number]>(
    [
      { title: "side", value: ({ name }) => name },
      { title: "drafter", value: ({ drafter }) => drafter },
      { title: "tokens/s", value: ({ speeds }) => summarize(speeds).median, decimals: 1 },
      { title: "tokens a pass", value: ({ tokensAPass }) => tokensAPass, decimals: 2 },
      { title: "to plain", value: ({ ratios }) => summarize(ratios).median, decimals: 3 },
      { title: "slowest prompt", value: ({ byPrompt }) => Math.min(...byPrompt), decimals: 3 },
      { title: "differ", value: ({ differing }) => differing },
    ],
    results,
  ),
);
const sizes = results.find(({ name }) => name === "auto")?.sizes ?? new Map<number, number>();
const all = [...sizes.values()].reduce((sum, count) => sum + count, 0);
console.log("\nNodes of the trees that auto chose, in shares of its steps");
for (const [nodes, count] of [...sizes].sort(([a], [b]) => a - b)) {
  const share = count / all;
  console.log(
    `${String(nodes).padStart(4)} ${(100 * share).toFixed(1).padStart(5)}% ${"#".repeat(Math.round(60 * share))}`,
  );
}
await subject.model.dispose();
