import { InvalidArgumentError } from "@anabranch/core";
import { type EvaluationReport, renderTable } from "@anabranch/evaluation";
import { writeReport } from "@anabranch/evaluation/node";
import { Command, Option } from "commander";
import { EMBEDDED, type EmbeddedName } from "../embedded.js";
import { evaluateGrid, gridSettings } from "../evaluate/grid.js";
import { load } from "../model/load.js";
import type { Place } from "../model/place.js";
import { findData, findTask, taskNames } from "../tasks/find-task.js";
import type { Split, Task, TaskExample } from "../tasks/task.js";
import { addBackendOptions, type BackendOptions, backendFrom } from "./backend-options.js";
import { benchStreamsCommand } from "./bench-streams-command.js";
import { interruptSignal } from "./interrupt.js";
import { dataOption } from "./options.js";
import { wholeNumber } from "./whole-number.js";

interface BenchOptions extends BackendOptions {
  readonly task: string;
  readonly split: Split;
  readonly models: readonly EmbeddedName[];
  readonly model?: string;
  readonly adapter?: string;
  readonly streams: readonly ("parallel" | "deferred")[];
  readonly depth: readonly number[];
  readonly topK: readonly number[];
  readonly nodes: readonly number[];
  readonly limit?: number;
  readonly rounds: number;
  readonly json?: string;
  readonly data?: string;
}

interface Subject {
  readonly name: string;
  readonly model: Place;
  readonly adapter: Place;
}

const number = wholeNumber(1, 512);
const NO_ADAPTER = { streams: { mode: "lossless", gamma: 0 }, transitions: false } as const;
const list = (text: string): number[] => text.split(",").map((part) => number(part));

export function benchCommand(): Command {
  const names = Object.keys(EMBEDDED) as EmbeddedName[];
  const timings = ["parallel", "deferred"];
  const examples = [
    "anabranch bench --limit 50",
    "anabranch bench --models lossless --depth 5,7 --nodes 8,12,16 --streams deferred --json grid.json",
    "anabranch bench --model runs/base --adapter runs/lossless --limit 50",
  ];
  const command = new Command("bench")
    .description("Measure a grid of draft settings, losing ones too")
    .addOption(new Option("--task <name>", "data set").choices(taskNames).default("e2e"))
    .addOption(new Option("--split <split>", "which part of it").choices(["dev", "test"]).default("dev"))
    .addOption(new Option("--models <names...>", "embedded models").choices(names).default(names))
    .option("--model <folder>", "a model's folder, in place of the embedded ones")
    .option("--adapter <folder>", "its stream adapter's folder")
    .addOption(new Option("--streams <when...>", "when streams run").choices(timings).default(timings))
    .option("--depth <list>", "levels of a draft; below γ in lossless mode only", list, [3, 5, 12])
    .option("--top-k <list>", "children of a draft node", list, [1, 3])
    .option("--nodes <list>", "nodes of a draft", list, [4, 8, 16, 39])
    .option("--limit <n>", "only the first n examples", wholeNumber(1))
    .option("--rounds <n>", "paired rounds of timing", wholeNumber(1), 2)
    .option("--json <file>", "write all reports there")
    .addOption(dataOption());
  // Options that stand after `streams` are its own.
  command.enablePositionalOptions().addCommand(benchStreamsCommand().exitOverride());
  return addBackendOptions(command)
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`)
    .action((options: BenchOptions) => run(options));
}

async function run(options: BenchOptions): Promise<void> {
  const signal = interruptSignal();
  const task = findTask(options.task);
  const subjects = subjectsOf(options);
  const examples = (await task.read(findData(options.data), options.split)).slice(0, options.limit);
  const reports: EvaluationReport[] = [];
  for (const subject of subjects) reports.push(...(await benchModel(subject, task, examples, options, signal)));
  if (options.json !== undefined) await writeReport(options.json, reports);
  process.stdout.write(`${gridTable(reports)}\n`);
}

function subjectsOf({ models, model, adapter }: BenchOptions): Subject[] {
  if (model === undefined && adapter === undefined) return models.map((name) => ({ name, ...EMBEDDED[name] }));
  if (model !== undefined && adapter !== undefined) return [{ name: model, model, adapter }];
  throw new InvalidArgumentError("A model to bench is a base model and its stream adapter.", {
    subject: model === undefined ? "model" : "adapter",
    cure: "Name both --model and --adapter, or neither.",
  });
}

async function benchModel(
  { name, model: folder, adapter }: Subject,
  task: Task,
  examples: readonly TaskExample[],
  options: BenchOptions,
  signal: AbortSignal,
): Promise<EvaluationReport[]> {
  const model = await load(folder, { adapter, signal, ...backendFrom(options) });
  try {
    const settings = gridSettings(options, model.adapter ?? NO_ADAPTER);
    const { split, rounds, limit } = options;
    const onReport = (report: EvaluationReport, done: number, total: number): void => {
      const { streams, topK } = report.settings;
      const setting = `${streams}, depth ${report.settings["depth"]}, k ${topK}, ${report.settings["nodes"]} nodes`;
      const figures = `CR ${report.cr.toFixed(2)}, speed-up ${report.speedup.toFixed(2)}`;
      process.stderr.write(`${name} ${done}/${total}: ${setting}: ${figures}\n`);
    };
    const named = { task, split, rounds, ...(limit === undefined ? {} : { limit }) };
    return await evaluateGrid(model, examples, settings, { ...named, signal, onReport });
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
      { title: "γ", value: ({ settings }) => settings.gamma },
      { title: "depth", value: ({ settings }) => Number(settings["depth"]) },
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
