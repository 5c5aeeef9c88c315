import type { MarkovSpec } from "@anabranch/core";
import type { TrainingMode, TrainProgress } from "@anabranch/training";
import { Command, InvalidArgumentError, Option } from "commander";
import { findData, findTask, taskNames } from "../tasks/find-task.js";
import { shuffled } from "../tasks/set-aside.js";
import { MODEL_SIZES, type ModelSize } from "../train/recipe.js";
import { runTraining } from "../train/run-training.js";
import { interruptSignal } from "./interrupt.js";
import { dataOption } from "./options.js";
import { answersBar, trainingBar } from "./progress.js";
import { wholeNumber } from "./whole-number.js";

interface TrainCommandOptions {
  readonly task: string;
  readonly mode: TrainingMode;
  readonly out: string;
  readonly base?: string;
  readonly baseName?: string;
  readonly baseLora?: string;
  readonly lora: boolean;
  readonly from?: string;
  readonly learned?: string;
  readonly gamma?: number;
  readonly msaLayers: number;
  readonly rank: number;
  readonly markov: "none" | MarkovSpec["kind"];
  readonly markovRank: number;
  readonly startRank?: number;
  readonly valueRotation?: number;
  readonly pruneRank: number;
  readonly pruneThreshold: number;
  readonly draftTokens?: number;
  readonly sampledTokens?: number;
  readonly self: boolean;
  readonly answerTokens: number;
  readonly limit?: number;
  readonly sample?: number;
  readonly invent: number;
  readonly size: ModelSize;
  readonly vocabulary: number;
  readonly epochs: number;
  readonly learningRate?: number;
  readonly streamWeight?: readonly number[];
  readonly batchRows?: number;
  readonly completions?: number;
  readonly seed: number;
  readonly format?: "int8" | "f32";
  readonly resume: boolean;
  readonly json: boolean;
  readonly threads?: number;
  readonly data?: string;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

function positiveNumbers(text: string): number[] {
  return text.split(",").map(positiveNumber);
}

function share(text: string): number {
  const value = Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be a number from 0 to 1.");
}

/** Streams where nothing says how many. */
const GAMMA = 3;

export function trainCommand(): Command {
  const sizes = Object.keys(MODEL_SIZES);
  const modes = ["next-token", "shared", "lossless", "pruning"];
  const examples = [
    "anabranch train --mode next-token --epochs 2 --out runs/base",
    "anabranch train --mode shared --gamma 3 --epochs 2 --out runs/shared-3",
    "anabranch train --mode lossless --base runs/base --self --gamma 7 --out runs/lossless",
    "anabranch train --mode lossless --base SmolLM2.gguf --task instruct --self --markov rnn --gamma 5 --out runs/chat",
    "anabranch train --mode shared --lora --base SmolLM2.gguf --task sql --markov rnn --out runs/sql",
    "anabranch train --mode pruning --base runs/base --from runs/lossless --self --out runs/pruning",
    "anabranch train --mode shared --gamma 3 --epochs 2 --out runs/shared-3 --resume",
    "anabranch train --size tiny --data my-data --out runs/trial",
  ];
  return new Command("train")
    .description("Train a small model, a model with its streams, or streams for a model that stays as it is")
    .addOption(new Option("--task <name>", "data set").choices(taskNames).default("e2e"))
    .addOption(new Option("--mode <mode>", "what learns").choices(modes).default("shared"))
    .requiredOption("--out <folder>", "where the result and the checkpoints go")
    .option("--base <folder>", "model to start from; required in lossless mode")
    .option("--from <folder>", "adapter that is to learn on; its own ranks and so on count then")
    .option("--learned <folder>", "with --self: training whose answers --from has learned; they are only counted now")
    .option("--base-name <name>", "what the adapter calls its base: a name on the hub, say (default: --base)")
    .option("--base-lora <folder>", "a plain LoRA that is folded into the base first")
    .option("--lora", "in shared and next-token mode: LoRA on all layers learns, and the base stays as it is", false)
    .option(
      "--gamma <n>",
      `streams; what --from has fewer is added (default: ${GAMMA}, or as --from)`,
      wholeNumber(1, 16),
    )
    .option("--msa-layers <n>", "layers with streams, from the top", wholeNumber(1), 3)
    .option("--rank <n>", "LoRA rank in lossless mode and with --lora", wholeNumber(1), 32)
    .addOption(
      new Option("--markov <kind>", "head that tells streams the token before theirs")
        .choices(["none", "vanilla", "rnn"])
        .default("none"),
    )
    .option("--markov-rank <n>", "rank of that head", wholeNumber(1), 192)
    .option("--start-rank <n>", "η: rank of the map that streams start with; none when absent", wholeNumber(1))
    .option(
      "--value-rotation <radians>",
      "turn streams' values by so much each, in place of embeddings",
      positiveNumber,
    )
    .option("--prune-rank <n>", "in pruning mode: rank of the early exit that --from is given", wholeNumber(1), 8)
    .option("--prune-threshold <p>", "probability below which it drops a drafted token", share, 0.05)
    .option("--draft-tokens <n>", "drafts are made of the n tokens that occur most; all when absent", wholeNumber(1))
    .option(
      "--sampled-tokens <n>",
      "a batch's softmax is over so many of them, and its targets; all when absent",
      wholeNumber(1),
    )
    .option("--limit <n>", "only the first n examples", wholeNumber(1))
    .option("--sample <n>", "only n examples, drawn by the seed", wholeNumber(1))
    .option("--self", "learn to draft the base model's own answers", false)
    .option("--answer-tokens <n>", "with --self: most tokens of an answer", wholeNumber(1), 96)
    .option("--invent <n>", "with --self: made-up prompts that the base model answers besides", wholeNumber(0), 0)
    .addOption(new Option("--size <size>", "shape of a new model").choices(sizes).default("small"))
    .option("--vocabulary <n>", "tokens of a new model's tokenizer", wholeNumber(260), 2048)
    .option("--epochs <n>", "times that every example is seen", positiveNumber, 1)
    .option("--learning-rate <n>", "peak learning rate", positiveNumber)
    .option(
      "--stream-weight <n>",
      "weight of the streams' losses: one number, or one each (1,0.8,...)",
      positiveNumbers,
    )
    .option("--batch-rows <n>", "rows of a batch", wholeNumber(1))
    .option("--completions <n>", "answers that share one copy of their prompt, at most", wholeNumber(1))
    .option("--seed <n>", "seed of weights and order", wholeNumber(0), 1)
    .addOption(
      new Option("--format <format>", "how weights are written; int8 when absent, and a plain LoRA f32").choices([
        "int8",
        "f32",
      ]),
    )
    .option("--resume", "go on from the checkpoint in the folder", false)
    .option("--json", "one JSON object a step, then one with the result", false)
    .option("--threads <n>", "threads; all processors when absent", wholeNumber(1))
    .addOption(dataOption())
    .addHelpText(
      "after",
      `\nCtrl-C saves; --resume goes on.\n\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`,
    )
    .action((options: TrainCommandOptions) => run(options));
}

async function run(options: TrainCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const task = findTask(options.task);
  const all = (await task.read(findData(options.data), "train")).slice(0, options.limit);
  const examples = options.sample === undefined ? all : shuffled(all, options.seed).slice(0, options.sample);
  const given = examples.map(({ prompt }) => prompt);
  const answers = answersBar();
  const bar = trainingBar();
  const line = (progress: TrainProgress): void => void process.stdout.write(`${JSON.stringify(progress)}\n`);
  const { learningRate, streamWeight, batchRows, completions, base, threads } = options;
  try {
    const result = await runTraining(examples, {
      mode: options.mode,
      out: options.out,
      ...(base === undefined ? {} : { base }),
      ...(options.baseName === undefined ? {} : { baseName: options.baseName }),
      ...(options.baseLora === undefined ? {} : { baseLora: options.baseLora }),
      lora: options.lora,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.learned === undefined ? {} : { learned: options.learned }),
      gamma: options.gamma ?? (options.from === undefined ? GAMMA : 1),
      msaLayers: options.msaLayers,
      rank: options.rank,
      ...(options.markov === "none" ? {} : { markov: { kind: options.markov, rank: options.markovRank } }),
      ...(options.startRank === undefined ? {} : { startRank: options.startRank }),
      ...(options.valueRotation === undefined ? {} : { valueRotation: options.valueRotation }),
      pruning: { rank: options.pruneRank, threshold: options.pruneThreshold },
      ...(options.draftTokens === undefined ? {} : { draftTokens: options.draftTokens }),
      framing: task,
      answerTokens: options.answerTokens,
      self: options.self,
      invented: options.self ? task.invent(given, options.invent, options.seed) : [],
      size: options.size,
      vocabularySize: options.vocabulary,
      settings: {
        seed: options.seed,
        epochs: options.epochs,
        ...(options.sampledTokens === undefined ? {} : { sampledTokens: options.sampledTokens }),
        ...(learningRate === undefined ? {} : { learningRate }),
        ...(streamWeight === undefined
          ? {}
          : { streamWeights: streamWeight.length === 1 ? (streamWeight[0] as number) : streamWeight }),
        ...(batchRows === undefined ? {} : { batchRows }),
        ...(completions === undefined ? {} : { completionsPerPrompt: completions }),
      },
      ...(options.format === undefined ? {} : { format: options.format }),
      resume: options.resume,
      ...(threads === undefined ? {} : { threads }),
      signal,
      onProgress: options.json ? line : bar.update,
      onAnswer: answers.update,
    });
    bar.stop();
    const { steps, heldOut } = result;
    const done = { out: options.out, steps, ...(heldOut === undefined ? {} : { heldOut }) };
    process.stdout.write(`${options.json ? JSON.stringify(done) : `${done.out}: ${steps} steps`}\n`);
  } finally {
    answers.stop();
    bar.stop();
  }
}
