import { type EvaluationReport, renderTable } from "@anabranch/evaluation";
import { writeWhole } from "@anabranch/evaluation/node";
import { Command, Option } from "commander";
import { type EmbeddedName, EMBEDDED } from "../embedded.js";
import { evaluateGrid, type GridAxes, gridSettings } from "../evaluate/grid.js";
import { load } from "../model/load.js";
import { findData, findTask, taskNames } from "../tasks/find-task.js";
import type { Split, TaskExample } from "../tasks/task.js";
import { interruptSignal } from "./interrupt.js";
import { wholeNumber } from "./options.js";

interface BenchOptions {
  readonly task: string;
  readonly split: Split;
  readonly models: readonly EmbeddedName[];
  readonly streams: readonly ("parallel" | "deferred")[];
  readonly depth: readonly number[];
  readonly topK: readonly number[];
  readonly nodes: readonly number[];
  readonly limit?: number;
  readonly rounds: number;
  readonly json?: string;
  readonly data?: string;
}

function list(text: string): number[] {
  return text.split(",").map(wholeNumber(1, 512));
}

export function benchCommand(): Command {
  const names = Object.keys(EMBEDDED) as EmbeddedName[];
  return new Command("bench")
    .description("Measure a grid of draft settings on the embedded models, losing ones too")
    .addOption(new Option("--task <name>", "data set").choices(taskNames).default("e2e"))
    .addOption(new Option("--split <split>", "which part of it").choices(["dev", "test"]).default("dev"))
    .addOption(new Option("--models <names...>", "embedded models").choices(names).default(names))
    .addOption(
      new Option("--streams <when...>", "when streams run").choices(["parallel", "deferred"]).default(["parallel", "deferred"]),
    )
    .option("--depth <list>", "levels of a draft", list, [3, 5, 7])
    .option("--top-k <list>", "children of a draft node", list, [1, 3])
    .option("--nodes <list>", "nodes of a draft", list, [4, 8, 16, 39])
    .option("--limit <n>", "only the first n examples", wholeNumber(1))
    .option("--rounds <n>", "paired rounds of timing", wholeNumber(1), 2)
    .option("--json <file>", "write all reports there")
    .option("--data <folder>", "folder of data sets (default: $ANABRANCH_DATA or ../shared/data)")
    .addHelpText("after", "\nExamples:\n  anabranch bench --limit 50\n  anabranch bench --models lossless --depth 5,7 --nodes 8,12,16 --streams deferred")
    .action((options: BenchOptions) => run(options));
}

async function run(options: BenchOptions): Promise<void> {
  const signal = interruptSignal();
  const task = findTask(options.task);
  const examples = (await task.read(findData(options.data), options.split)).slice(0, options.limit);
  const reports: EvaluationReport[] = [];
  for (const name of options.models) reports.push(...(await benchModel(name, examples, options, signal)));
  if (options.json !== undefined) await writeWhole(options.json, `${JSON.stringify(reports, null, 2)}\n`);
  process.stdout.write(`${gridTable(reports)}\n`);
}

async function benchModel(
  name: EmbeddedName,
  examples: readonly TaskExample[],
  options: BenchOptions,
  signal: AbortSignal,
): Promise<EvaluationReport[]> {
  const { model: folder, adapter } = EMBEDDED[name];
  const model = await load(folder, { adapter, signal });
  try {
    const axes: GridAxes = options;
    const settings = gridSettings(axes, model.adapter?.streams ?? { mode: "lossless", gamma: 0 });
    const { task, split, rounds } = options;
    const onReport = (report: EvaluationReport, done: number, total: number): void => {
      const { streams, gamma, topK, nodes } = report.settings;
      const figures = `CR ${report.cr.toFixed(2)}, speed-up ${report.speedup.toFixed(2)}`;
      process.stderr.write(`${name} ${done}/${total}: ${streams}, depth ${gamma}, k ${topK}, ${nodes} nodes: ${figures}\n`);
    };
    return await evaluateGrid(model, examples, settings, { task, split, rounds, signal, onReport });
  } finally {
    await model.dispose();
  }
}

/** One row a setting, the fastest first. */
function gridTable(reports: readonly EvaluationReport[]): string {
  const rows = [...reports].sort((a, b) => b.speedup - a.speedup);
  return renderTable<EvaluationReport>(
    [
      { title: "mode", value: ({ settings }) => settings.mode },
      { title: "streams", value: ({ settings }) => settings.streams },
      { title: "depth", value: ({ settings }) => settings.gamma },
      { title: "k", value: ({ settings }) => settings.topK },
      { title: "nodes", value: ({ settings }) => Number(settings["nodes"]) },
      { title: "CR", value: ({ cr }) => cr, decimals: 2 },
      { title: "tokens a pass", value: ({ meanAcceptanceLength }) => meanAcceptanceLength, decimals: 2 },
      { title: "tokens/s", value: ({ tokensPerSecond }) => tokensPerSecond },
      { title: "plain tokens/s", value: ({ plain }) => plain.tokensPerSecond },
      { title: "speed-up", value: ({ speedup }) => speedup, decimals: 2 },
      { title: "differ", value: ({ differingSequences }) => differingSequences },
    ],
    rows,
  );
}
