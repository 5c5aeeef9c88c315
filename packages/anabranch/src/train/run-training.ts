import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadAdapter } from "@anabranch/checkpoints";
import { InvalidArgumentError, IoError, type MarkovSpec, type PruningSpec, throwIfAborted } from "@anabranch/core";
import type { Tokenizer } from "@anabranch/tokenizers";
import {
  type KnownStates,
  type TrainingExample,
  type TrainingMode,
  type TrainProgress,
  type TrainResult,
  type TrainSettings,
  train,
} from "@anabranch/training";
import { checkpointFolder, stateFolder } from "@anabranch/training/node";
import { importOnnx } from "../backend/import-onnx.js";
import { load } from "../model/load.js";
import { nextTurn } from "../model/next-turn.js";
import { answerEnd, type Framing, promptTokens } from "../tasks/prompt-tokens.js";
import { setAside } from "../tasks/set-aside.js";
import type { TaskExample } from "../tasks/task.js";
import { type AnsweredPrompt, answerWithStreams, learnFirstGuesses, learnHabits } from "./learn-habits.js";
import type { ModelSize } from "./recipe.js";
import { saveResult } from "./save-result.js";
import { answersFile, answersOf, selfCompletions } from "./self-completions.js";
import { startingAdapter, startingTokenizer, startingWeights } from "./starting-point.js";
import { encodeExamples } from "./training-examples.js";

export interface RunTrainingOptions {
  readonly mode: TrainingMode;
  /**
   * Where the result goes: a model's folder (with `adapter/` inside in shared mode); an adapter's in lossless mode and with
   * `lora`.
   */
  readonly out: string;
  /** Model to start from; required in lossless mode, whose streams belong to it. Without one, a small model from nothing. */
  readonly base?: string;
  /** What the adapter calls its base, for whoever looks; absent: `base`. */
  readonly baseName?: string;
  /** A plain LoRA that is folded into the base before anything else. */
  readonly baseLora?: string;
  /** Shared and next-token mode: learn LoRA on all layers, and leave the base's weights as they are. */
  readonly lora: boolean;
  /** Streams; with `from`, at least so many. */
  readonly gamma: number;
  readonly msaLayers: number;
  /** LoRA rank in lossless mode and with `lora`. */
  readonly rank: number;
  /** A Markov head; absent: none. */
  readonly markov?: Omit<MarkovSpec, "tokenScale">;
  /** η of f_η (Eq. 3); absent: streams start as the main stream is. */
  readonly startRank?: number;
  /** ε of B.3, radians; absent: streams have embeddings. */
  readonly valueRotation?: number;
  /** In pruning mode: the early exit that `from` is given, and learns. */
  readonly pruning?: PruningSpec;
  /** Size of the draft vocabulary; absent: drafts are made of all tokens. */
  readonly draftTokens?: number;
  /** How the task speaks to a model with a chat template. */
  readonly framing: Framing;
  /** Tokens of an answer of the model's own, at most. */
  readonly answerTokens: number;
  /** Learn to draft the model's own answers rather than the data set's. */
  readonly self: boolean;
  /** With `self`: prompts made up in the task's manner that the model answers besides. */
  readonly invented: readonly string[];
  /**
   * With `self`: folder of an earlier training whose answers `from` has learned. Prompts that were answered there are not learned again,
   * nor watched by; phrases and openings are counted over both.
   */
  readonly learned?: string;
  /** An adapter that is to learn on; its own settings count then, not those here, but that a larger `gamma` adds streams. */
  readonly from?: string;
  /** Shape of a model from nothing. */
  readonly size: ModelSize;
  readonly vocabularySize: number;
  readonly settings: Partial<TrainSettings>;
  /** How weights are written; absent: int8, but a plain LoRA as PEFT reads it, in f32. */
  readonly format?: "int8" | "f32";
  readonly resume: boolean;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly onAnswer?: (done: number, total: number) => void;
}

const heldOutExamples = 100;
/** The model's own answers, of which first guesses are counted too: about 40,000 tokens. */
const heldOutAnswers = 400;

/** Base states in memory, at most; the rest is read from the disk. */
const statesInMemory = 6 * 2 ** 30;

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
  const runtime = createOnnxRuntime(options.threads === undefined ? {} : { threads: options.threads });
  await mkdir(out, { recursive: true }).catch((cause) => {
    throw new IoError(`${out} could not be made.`, { subject: out, cause });
  });
  if (mode === "lossless" && base === undefined) {
    throw new InvalidArgumentError("Lossless training adds streams to a model that stays as it is.", {
      subject: "base",
      cure: "Name that model's folder with --base.",
    });
  }
  if (mode === "pruning" && (base === undefined || options.from === undefined)) {
    throw new InvalidArgumentError(
      "A pruning adapter is trained for an adapter and its base, which stay as they are.",
      {
        subject: base === undefined ? "base" : "from",
        cure: "Name the model with --base and the adapter with --from.",
      },
    );
  }
  checkLora(options);
  const tokenizer = await startingTokenizer(examples, options);
  await hearAbort(signal);
  const weights = await startingWeights(tokenizer, options);
  const from = options.from === undefined ? undefined : (await loadAdapter(options.from, { base: weights })).adapter;
  const layer = weights.spec.layers - (from?.streams.msaLayers ?? options.msaLayers);
  const before = options.learned === undefined ? [] : await answersOf(options.learned);
  const fresh = freshOf(examples, before, tokenizer, options);
  const most = options.self ? heldOutAnswers : heldOutExamples;
  const split = setAside(fresh, Math.min(most, Math.ceil(fresh.length / 10)), 0);
  const invented = options.invented.map((prompt) => ({ prompt, references: [] }));
  const toLearn = [...split.examples, ...freshOf(invented, before, tokenizer, options)];
  const learned = await prepare(toLearn, tokenizer, layer, options, "train");
  const heldOut = await prepare(split.heldOut, tokenizer, layer, options, "held-out");
  await hearAbort(signal);
  const adapter =
    mode === "next-token" && !options.lora ? undefined : startingAdapter(weights, learned.examples, from, options);
  const result = await train({
    examples: learned.examples,
    heldOut: heldOut.examples,
    mode,
    weights,
    ...(adapter === undefined ? {} : { adapter }),
    ...(options.lora ? { train: "adapter" } : {}),
    lossless: {
      states: stateFolder(out, statesInMemory),
      known: {
        of: async (prompt, answer) => (await learned.states?.of(prompt, answer)) ?? heldOut.states?.of(prompt, answer),
      },
    },
    runtime,
    settings: options.settings,
    checkpoint: checkpointFolder(join(out, "checkpoint")),
    resume: options.resume,
    ...(signal === undefined ? {} : { signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  await saveResult(result, tokenizer, options);
  if (mode === "shared" || mode === "lossless") await addHabits([...before, ...learned.examples], options);
  if (mode === "lossless" && options.self) {
    const { format = "int8", onAnswer: onProgress } = options;
    await learnFirstGuesses(out, {
      runtime,
      weights,
      ...heldOut,
      format,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
  }
  return result;
}

/** @throws InvalidArgumentError */
function checkLora({ lora, mode, base, baseLora }: RunTrainingOptions): void {
  if (base === undefined && (lora || baseLora !== undefined)) {
    throw new InvalidArgumentError("A LoRA belongs to a base model.", {
      subject: "base",
      cure: "Name it with --base.",
    });
  }
  if (!lora || mode === "shared" || mode === "next-token") return;
  throw new InvalidArgumentError(`In ${mode} mode the model stays as it is anyway.`, {
    subject: "lora",
    cure: "Leave out --lora, or train in shared or next-token mode.",
  });
}

/** Examples whose prompts were not answered before. */
function freshOf(
  examples: readonly TaskExample[],
  before: readonly TrainingExample[],
  tokenizer: Tokenizer,
  { framing, base, out }: RunTrainingOptions,
): readonly TaskExample[] {
  if (before.length === 0) return examples;
  const encodePrompt = promptTokens(framing, tokenizer, base ?? out);
  const answered = new Set(before.map(({ prompt }) => Array.from(prompt).join()));
  return examples.filter(({ prompt }) => !answered.has(encodePrompt(prompt).join()));
}

/** Between the steps of the preparation, which keep this thread busy for seconds on large data. */
async function hearAbort(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  throwIfAborted(signal, "Training");
}

interface Prepared {
  readonly examples: readonly TrainingExample[];
  /** Those of the model's own answers. */
  readonly states?: KnownStates;
}

/** @param layer that streams are inserted before: the states of `self` answers that enter it are kept */
async function prepare(
  examples: readonly TaskExample[],
  tokenizer: Tokenizer,
  layer: number,
  options: RunTrainingOptions,
  part: "train" | "held-out",
): Promise<Prepared> {
  const { base, baseLora, framing, self, signal, onAnswer, threads, answerTokens, out } = options;
  const encodePrompt = promptTokens(framing, tokenizer, base ?? out);
  if (!self || base === undefined) {
    const frame = { prompt: encodePrompt, end: answerEnd(framing, tokenizer) };
    return { examples: encodeExamples(tokenizer, examples, frame) };
  }
  const model = await load(base, { ...(threads && { threads }), ...(baseLora && { lora: baseLora }) });
  try {
    const prompts = examples.map(({ prompt }) => encodePrompt(prompt));
    return await selfCompletions(model, prompts, {
      file: answersFile(out, part),
      maxTokens: answerTokens,
      layer,
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
  const { mode, out, base, format = "int8", threads, signal, onAnswer, answerTokens } = options;
  const alone = mode === "lossless" || options.lora;
  const [model, adapter] = alone ? [base as string, out] : [out, join(out, "adapter")];
  const prompts = examples.slice(0, habitPrompts).map(({ prompt }) => Array.from(prompt));
  // Lossless streams leave the words as they are; answers that they learned from are still the model's. A base of real size would
  // take an hour to answer, and what it was taught to write will do: drafts are verified all the same.
  const answers =
    options.lora || (mode === "lossless" && options.self)
      ? ownAnswers(examples)
      : await answerWithStreams(model, adapter, prompts, {
          maxTokens: answerTokens,
          ...(options.baseLora && { lora: options.baseLora }),
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
