import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InvalidArgumentError, IoError, throwIfAborted } from "@anabranch/core";
import type { Tokenizer } from "@anabranch/tokenizers";
import {
  type TrainingExample,
  type TrainingMode,
  type TrainProgress,
  type TrainResult,
  type TrainSettings,
  train,
} from "@anabranch/training";
import { checkpointFolder } from "@anabranch/training/node";
import { importOnnx } from "../backend/import-onnx.js";
import { load } from "../model/load.js";
import { nextTurn } from "../model/next-turn.js";
import type { TaskExample } from "../tasks/task.js";
import { type AnsweredPrompt, answerWithStreams, learnHabits } from "./learn-habits.js";
import type { ModelSize } from "./recipe.js";
import { saveResult } from "./save-result.js";
import { selfCompletions } from "./self-completions.js";
import { startingAdapter, startingTokenizer, startingWeights } from "./starting-point.js";
import { encodeExamples, setAside } from "./training-examples.js";

export interface RunTrainingOptions {
  readonly mode: TrainingMode;
  /** Where the result goes: a model's folder (with `adapter/` inside in shared mode), or in lossless mode an adapter's. */
  readonly out: string;
  /** Model to start from; required in lossless mode, whose streams belong to it. Without one, a small model from nothing. */
  readonly base?: string;
  readonly gamma: number;
  readonly msaLayers: number;
  /** LoRA rank in lossless mode. */
  readonly rank: number;
  /** Learn to draft the model's own answers rather than the data set's. */
  readonly self: boolean;
  /** With `self`: prompts made up in the task's manner that the model answers besides. */
  readonly invented: readonly string[];
  /** Shape of a model from nothing. */
  readonly size: ModelSize;
  readonly vocabularySize: number;
  readonly settings: Partial<TrainSettings>;
  readonly format: "int8" | "f32";
  readonly resume: boolean;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly onAnswer?: (done: number, total: number) => void;
}

const heldOutExamples = 100;
const longestAnswer = 96;

/**
 * Trains on a task's training split and writes the result. Its state is kept in `<out>/checkpoint`, from which `resume`
 * goes on.
 *
 * @throws UnsupportedError where `@anabranch/backend-onnx` is not installed; whatever training, loading and saving throw; see
 *   their own documentation.
 */
export async function runTraining(examples: readonly TaskExample[], options: RunTrainingOptions): Promise<TrainResult> {
  const { mode, out, base, signal } = options;
  const { createOnnxRuntime } = await importOnnx("Training");
  await mkdir(out, { recursive: true }).catch((cause) => {
    throw new IoError(`${out} could not be made.`, { subject: out, cause });
  });
  if (mode === "lossless" && base === undefined) {
    throw new InvalidArgumentError("Lossless training adds streams to a model that stays as it is.", {
      subject: "base",
      cure: "Name that model's folder with --base.",
    });
  }
  const tokenizer = await startingTokenizer(examples, options);
  await hearAbort(signal);
  const weights = await startingWeights(tokenizer, options);
  const split = setAside(examples, Math.min(heldOutExamples, Math.ceil(examples.length / 10)), 0);
  const invented = options.invented.map((prompt) => ({ prompt, references: [] }));
  const prepared = {
    examples: await prepare([...split.examples, ...invented], tokenizer, options, "train"),
    heldOut: await prepare(split.heldOut, tokenizer, options, "held-out"),
  };
  await hearAbort(signal);
  const adapter = mode === "next-token" ? undefined : await startingAdapter(weights, options);
  const result = await train({
    ...prepared,
    mode,
    weights,
    ...(adapter === undefined ? {} : { adapter }),
    runtime: createOnnxRuntime(options.threads === undefined ? {} : { threads: options.threads }),
    settings: options.settings,
    checkpoint: checkpointFolder(join(out, "checkpoint")),
    resume: options.resume,
    ...(signal === undefined ? {} : { signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  await saveResult(result, tokenizer, options);
  if (mode !== "next-token") await addHabits(prepared.examples, options);
  return result;
}

/** Between the steps of the preparation, which keep this thread busy for seconds on large data. */
async function hearAbort(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  throwIfAborted(signal, "Training");
}

async function prepare(
  examples: readonly TaskExample[],
  tokenizer: Tokenizer,
  options: RunTrainingOptions,
  part: string,
): Promise<TrainingExample[]> {
  const encoded = encodeExamples(tokenizer, examples);
  if (!options.self || options.base === undefined) return encoded;
  const { signal, onAnswer, threads } = options;
  const model = await load(options.base, { backend: "onnx", ...(threads === undefined ? {} : { threads }) });
  try {
    const prompts = encoded.map(({ prompt }) => Array.from(prompt));
    return await selfCompletions(model, prompts, {
      file: join(options.out, `self-${part}.jsonl`),
      maxTokens: longestAnswer,
      ...(signal === undefined ? {} : { signal }),
      ...(onAnswer === undefined ? {} : { onProgress: onAnswer }),
    });
  } finally {
    await model.dispose();
  }
}

/** Prompts that a model answers for its habits, where its own answers are not there yet. */
const habitPrompts = 1500;

async function addHabits(examples: readonly TrainingExample[], options: RunTrainingOptions): Promise<void> {
  const { mode, out, base, format, threads, signal, onAnswer } = options;
  const [model, adapter] = mode === "lossless" ? [base as string, out] : [out, join(out, "adapter")];
  const prompts = examples.slice(0, habitPrompts).map(({ prompt }) => Array.from(prompt));
  // Lossless streams leave the words as they are; answers that they learned from are still the model's.
  const answers =
    mode === "lossless" && options.self
      ? ownAnswers(examples)
      : await answerWithStreams(model, adapter, prompts, {
          maxTokens: longestAnswer,
          ...(threads === undefined ? {} : { threads }),
          ...(signal === undefined ? {} : { signal }),
          ...(onAnswer === undefined ? {} : { onProgress: onAnswer }),
        });
  await learnHabits(adapter, { answers, format });
}

function ownAnswers(examples: readonly TrainingExample[]): AnsweredPrompt[] {
  return examples.map(({ prompt, completions }) => ({
    prompt: Array.from(prompt),
    completion: Array.from(completions[0] ?? []),
  }));
}
