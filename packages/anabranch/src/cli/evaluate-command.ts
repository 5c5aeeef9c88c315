import { besidePaper, type Difference, renderComparison } from "@anabranch/evaluation";
import { writeReport } from "@anabranch/evaluation/node";
import { Command, Option } from "commander";
import { evaluate, type MeasuredReport } from "../evaluate/evaluate.js";
import { findData, findTask, taskNames } from "../tasks/find-task.js";
import type { Split, Task } from "../tasks/task.js";
import { colours } from "./colours.js";
import { draftingFrom } from "./drafting-from.js";
import { interruptSignal } from "./interrupt.js";
import { loadFrom } from "./load-command.js";
import { addDraftOptions, addModelOptions, type DraftOptions, dataOption, type ModelOptions } from "./options.js";
import { roundsBar } from "./progress.js";
import { wholeNumber } from "./whole-number.js";

interface EvaluateCommandOptions extends ModelOptions, DraftOptions {
  readonly task: string;
  readonly split: Split;
  readonly json?: string;
  readonly limit?: number;
  readonly rounds: number;
  readonly maxTokens: number;
  readonly data?: string;
}

/** Of plain decoding's speed: what drafting may cost a text before it counts as slower. */
const TOLERATED = 0.97;

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("Measure drafting on a data set: call reduction, speed, agreement with plain decoding, text quality")
    .addOption(new Option("--task <name>", "data set").choices(taskNames).default("e2e"))
    .addOption(new Option("--split <split>", "which part of it").choices(["dev", "test"]).default("dev"))
    .option("--json <file>", "write the report there")
    .option("--limit <n>", "only the first n examples", wholeNumber(1))
    .option("--rounds <n>", "paired rounds of timing; an even number cancels drift", wholeNumber(1), 2)
    .option("--max-tokens <n>", "most tokens an example", wholeNumber(1), 128)
    .addOption(dataOption());
  addDraftOptions(addModelOptions(command));
  const examples = [
    "anabranch evaluate --task e2e --split dev --limit 50",
    "anabranch evaluate --mode shared --gamma 3 --top-k 3 --split test --json report.json",
    "anabranch evaluate --streams deferred --nodes 12",
  ];
  return command
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`)
    .action((options: EvaluateCommandOptions) => run(options));
}

async function run(options: EvaluateCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const task = findTask(options.task);
  const examples = (await task.read(findData(options.data), options.split)).slice(0, options.limit);
  const model = await loadFrom(options, signal);
  const bar = roundsBar();
  try {
    const drafting = draftingFrom(options, model.adapter?.streams);
    const { split, rounds, maxTokens } = options;
    const limit = options.limit === undefined ? {} : { limit: options.limit };
    const settings = { task, split, rounds, maxTokens, ...limit, signal, onProgress: bar.update };
    const report = await evaluate(model, examples, { ...drafting, ...settings });
    bar.stop();
    if (options.json !== undefined) await writeReport(options.json, report);
    process.stdout.write(describe(report, task.paperTask));
  } finally {
    bar.stop();
    await model.dispose();
  }
}

function describe(report: MeasuredReport, paperTask: Task["paperTask"]): string {
  const { settings, machine, nearTies, clearDifferences } = report;
  const acceptance = report.acceptanceByPosition.map((share) => share.toFixed(2)).join(" ");
  const bare = report.plain.tokensPerSecondWithoutStreams;
  const { passCost, speedup: roof, withFreeRows } = report.roofline;
  const slower = report.promptSpeeds.filter(({ speedup }) => speedup < TOLERATED);
  const [slowest] = report.promptSpeeds;
  const lines = [
    `${report.examples} examples of ${settings.task} ${settings.split}; ${report.tokens} tokens in ${report.passes} passes`,
    `acceptance by position ${acceptance === "" ? "none" : acceptance}; mean acceptance length ${report.meanAcceptanceLength.toFixed(2)}`,
    `speed-up ${report.speedup.toFixed(2)} (quartiles ${report.timing.speedup.lowerQuartile.toFixed(2)}, ${report.timing.speedup.upperQuartile.toFixed(2)}; ${report.timing.rounds} rounds)`,
    `roofline ${roof.toFixed(2)}: tokens a pass over passes that cost ${passCost.toFixed(2)} plain ones; ${withFreeRows.toFixed(2)} with rows for free`,
    ...(slowest === undefined
      ? []
      : [
          `${slower.length} texts more than 3% slower than plain; the slowest, example ${slowest.sequence} of ${slowest.tokens} tokens, at ${slowest.speedup.toFixed(2)} of its speed`,
        ]),
    ...(bare === undefined ? [] : [`plain decoding without any streams: ${bare.toFixed(0)} tokens a second`]),
    `${report.differingSequences} sequences differ from plain decoding, ${nearTies.length} of them at a near-tie`,
    ...nearTies.map((difference) => `  near-tie: ${placeOf(difference)}`),
    ...clearDifferences.map((difference) => colours.red(`  NO NEAR-TIE: ${placeOf(difference)}`)),
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}`,
  ];
  const beside = paperTask === undefined ? "" : `${renderComparison(besidePaper(paperTask, [report]))}\n\n`;
  return `${beside}${lines.join("\n")}\n`;
}

function placeOf({ sequence, position, gap }: Difference): string {
  return `example ${sequence}, token ${position}, gap ${gap === undefined ? "unknown" : gap.toExponential(1)}`;
}
