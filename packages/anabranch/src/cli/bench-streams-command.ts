import { AnabranchError, UnsupportedError } from "@anabranch/core";
import { type EvaluationReport, renderTable } from "@anabranch/evaluation";
import { writeReport } from "@anabranch/evaluation/node";
import { Command, Option } from "commander";
import { evaluateGrid } from "../evaluate/grid.js";
import { streamSettings } from "../evaluate/stream-settings.js";
import type { LanguageModel } from "../model/language-model.js";
import { findData, findTask, taskNames } from "../tasks/find-task.js";
import type { Split } from "../tasks/task.js";
import { addBackendOptions, type BackendOptions } from "./backend-options.js";
import { interruptSignal } from "./interrupt.js";
import { loadFrom } from "./load-command.js";
import { nameList, numberList } from "./number-list.js";
import { dataOption } from "./options.js";
import { roundsBar } from "./progress.js";
import { wholeNumber } from "./whole-number.js";

interface BenchStreamsOptions extends BackendOptions {
  readonly task: string;
  readonly split: Split;
  readonly model?: string;
  readonly adapter?: string;
  readonly lora?: string;
  readonly k: readonly number[];
  readonly gamma: readonly number[];
  readonly streams: readonly ("parallel" | "deferred")[];
  readonly nodes: readonly number[];
  readonly limit: number;
  readonly maxTokens: number;
  readonly rounds: number;
  readonly json?: string;
  readonly data?: string;
}

const timings = ["parallel", "deferred"] as const;

export function benchStreamsCommand(): Command {
  const examples = [
    "anabranch bench streams --k 1..4 --gamma 1..6 --streams parallel,deferred",
    "anabranch bench streams --model SmolLM2.gguf --adapter runs/chat --task mtbench --k 3,5 --gamma 3..5 --nodes 4,8",
  ];
  const command = new Command("streams")
    .description(
      "Measure streams by k, γ and timing, with and without pruning adapter and Markov head: the table behind the defaults",
    )
    .addOption(new Option("--task <name>", "data set").choices(taskNames).default("e2e"))
    .addOption(new Option("--split <split>", "which part of it").choices(["dev", "test"]).default("dev"))
    .option("--model <folder>", "a GGUF file, a folder or a name on the hub; the embedded lossless model when absent")
    .option("--adapter <folder>", "its stream adapter")
    .option("--lora <folder>", "a plain LoRA to fold into the model under its streams")
    .option("--k <list>", "children of a draft node: numbers and ranges, 1,3 or 1..4", numberList(1, 64), [1, 2, 3, 4])
    .option(
      "--gamma <list>",
      "streams that draft, of those that the adapter has",
      numberList(1, 16),
      [1, 2, 3, 4, 5, 6],
    )
    .option("--streams <list>", "when streams run", nameList(timings), [...timings])
    .option("--nodes <list>", "nodes of a draft, the most probable of the full tree's", numberList(1, 512), [16])
    .option("--limit <n>", "only the first n examples", wholeNumber(1), 20)
    .option("--max-tokens <n>", "most tokens an example", wholeNumber(2), 128)
    .option("--rounds <n>", "paired rounds of timing; an even number cancels drift", wholeNumber(1), 2)
    .option("--json <file>", "write all reports there")
    .addOption(dataOption());
  return addBackendOptions(command)
    .addHelpText(
      "after",
      `\nCtrl-C ends it with the table of what is measured.\n\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`,
    )
    .action((options: BenchStreamsOptions) => run(options));
}

async function run(options: BenchStreamsOptions): Promise<void> {
  const signal = interruptSignal();
  const task = findTask(options.task);
  const examples = (await task.read(findData(options.data), options.split)).slice(0, options.limit);
  const { gamma, ...loading } = options;
  const model = await loadFrom({ ...loading, mode: "lossless" }, signal);
  const bar = roundsBar();
  const reports: EvaluationReport[] = [];
  try {
    const settings = streamSettings({ ...options, topK: options.k, depth: gamma }, adapterOf(model));
    const { split, rounds, maxTokens, limit } = options;
    await evaluateGrid(model, examples, settings, {
      ...{ task, split, rounds, maxTokens, limit, signal },
      opening: false,
      lookup: false,
      phrases: false,
      onReport: (report) => void reports.push(report),
      onProgress: (progress) => {
        const total = settings.length * progress.total;
        bar.update({ ...progress, done: reports.length * progress.total + progress.done, total });
      },
    });
  } catch (error) {
    if (!AnabranchError.isInstance(error, "ABORTED") || reports.length === 0) throw error;
    bar.stop();
    await show(reports, options.json);
    throw error;
  } finally {
    bar.stop();
    await model.dispose();
  }
  await show(reports, options.json);
}

/** @throws UnsupportedError */
function adapterOf({ adapter, name }: LanguageModel) {
  if (adapter !== undefined) return adapter;
  throw new UnsupportedError(`${name} was loaded without a stream adapter.`, {
    subject: "adapter",
    cure: "Name one with --adapter.",
  });
}

async function show(reports: readonly EvaluationReport[], json: string | undefined): Promise<void> {
  if (json !== undefined) await writeReport(json, reports);
  process.stdout.write(`${streamsTable(reports)}\n`);
}

/** One row a setting, in the order of the grid; columns that the adapter has nothing for are left out. */
function streamsTable(reports: readonly EvaluationReport[]): string {
  const some = (name: string): boolean => reports.some(({ settings }) => Boolean(settings[name]));
  const onOff = (value: unknown): string => (value === false || value === null ? "off" : "on");
  return renderTable<EvaluationReport>(
    [
      { title: "streams", value: ({ settings }) => settings.streams },
      { title: "γ", value: ({ settings }) => settings.gamma },
      { title: "k", value: ({ settings }) => settings.topK },
      { title: "nodes", value: ({ settings }) => Number(settings["nodes"]) },
      ...(some("markov")
        ? [{ title: "Markov head", value: (row: EvaluationReport) => onOff(row.settings["markov"]) }]
        : []),
      ...(some("prune") ? [{ title: "pruning", value: (row: EvaluationReport) => onOff(row.settings["prune"]) }] : []),
      { title: "CR", value: ({ cr }) => cr, decimals: 2 },
      {
        title: "acceptance by position",
        value: ({ acceptanceByPosition }) => acceptanceByPosition.map((share) => share.toFixed(2)).join(" "),
      },
      { title: "tokens/s", value: ({ tokensPerSecond }) => tokensPerSecond, decimals: 1 },
      { title: "plain tokens/s", value: ({ plain }) => plain.tokensPerSecond, decimals: 1 },
      { title: "speed-up", value: ({ speedup }) => speedup, decimals: 2 },
      { title: "differ", value: ({ differingSequences }) => differingSequences },
    ],
    reports,
  );
}
