import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { fingerprint, loadModel, saveAdapter, saveModel } from "@anabranch/checkpoints";
import {
  type Adapter,
  InvalidArgumentError,
  IoError,
  type ModelWeights,
  type StreamSpec,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import { loadTokenizerFolder, type Tokenizer } from "@anabranch/tokenizers";
import {
  initialAdapter,
  initialWeights,
  type TrainingExample,
  type TrainingMode,
  type TrainProgress,
  type TrainResult,
  type TrainSettings,
  train,
} from "@anabranch/training";
import { checkpointFolder } from "@anabranch/training/node";
import { load } from "../model/load.js";
import type { TaskExample } from "../tasks/task.js";
import { learnOpening } from "./learn-opening.js";
import { type ModelSize, smallModelSpec, streamSpec } from "./recipe.js";
import { selfCompletions } from "./self-completions.js";
import { trainTaskTokenizer } from "./task-tokenizer.js";
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
/** Of shipped int8 weights: the scales are 3% of the file, where blocks of 32 would make them 11%. */
const WEIGHTS_A_SCALE = 128;
const longestAnswer = 96;

/**
 * Trains on a task's training split and writes the result. Its state is kept in `<out>/checkpoint`, from which `resume`
 * goes on.
 *
 * @throws whatever training, loading and saving throw; see their own documentation.
 */
export async function runTraining(examples: readonly TaskExample[], options: RunTrainingOptions): Promise<TrainResult> {
  const { mode, out, base, signal } = options;
  await mkdir(out, { recursive: true }).catch((cause) => {
    throw new IoError(`${out} could not be made.`, { subject: out, cause });
  });
  if (mode === "lossless" && base === undefined) {
    throw new InvalidArgumentError("Lossless training adds streams to a model that stays as it is.", {
      subject: "base",
      cure: "Name that model's folder with --base.",
    });
  }
  const tokenizer = base === undefined ? await ownTokenizer(examples, options) : await loadTokenizerFolder(base);
  const weights = await startingWeights(tokenizer, options);
  const split = setAside(examples, Math.min(heldOutExamples, Math.ceil(examples.length / 10)), 0);
  const invented = options.invented.map((prompt) => ({ prompt, references: [] }));
  const prepared = {
    examples: await prepare([...split.examples, ...invented], tokenizer, options, "train"),
    heldOut: await prepare(split.heldOut, tokenizer, options, "held-out"),
  };
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
  await save(result, tokenizer, options);
  if (mode !== "next-token") await addOpening(prepared.examples, options);
  return result;
}

async function ownTokenizer(examples: readonly TaskExample[], { out, vocabularySize, resume }: RunTrainingOptions) {
  // A run that was stopped early may have left none; trained again, it comes out the same.
  if (resume && existsSync(join(out, "tokenizer_config.json"))) return loadTokenizerFolder(out);
  return trainTaskTokenizer(out, examples, vocabularySize);
}

async function startingWeights(tokenizer: Tokenizer, options: RunTrainingOptions): Promise<ModelWeights> {
  const { base, signal, settings } = options;
  if (base !== undefined) return widened((await loadModel(base, signal === undefined ? {} : { signal })).weights);
  const spec = smallModelSpec(tokenizer.vocabularySize, options.size);
  return { spec, tensors: initialWeights(spec, settings.seed ?? 1) };
}

/** Float32 throughout: what learns is float32, and not every place of a training graph takes 8 bits. */
function widened({ spec, tensors }: ModelWeights): ModelWeights {
  const wide = ([name, tensor]: [string, WeightTensor]): [string, WeightTensor] => [
    name,
    { format: "f32", shape: tensor.shape, data: toFloat32(tensor) },
  ];
  return { spec, tensors: new Map([...tensors].map(wide)) };
}

async function startingAdapter(weights: ModelWeights, options: RunTrainingOptions): Promise<Adapter> {
  const { mode, gamma, msaLayers, rank, settings } = options;
  const recipe = { mode: mode as StreamSpec["mode"], gamma, msaLayers, rank: mode === "lossless" ? rank : 0 };
  const streams = streamSpec(weights.spec.layers, recipe);
  const tensors = initialAdapter(weights.spec, streams, settings.seed ?? 1);
  return { streams, tensors };
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
  const model = await load(options.base, threads === undefined ? {} : { threads });
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

const openingPrompts = 1500;

async function addOpening(examples: readonly TrainingExample[], options: RunTrainingOptions): Promise<void> {
  const { mode, out, base, format, threads, signal, onAnswer } = options;
  const [model, adapter] = mode === "lossless" ? [base as string, out] : [out, join(out, "adapter")];
  await learnOpening(model, adapter, {
    prompts: examples.slice(0, openingPrompts).map(({ prompt }) => Array.from(prompt)),
    format,
    ...(threads === undefined ? {} : { threads }),
    ...(signal === undefined ? {} : { signal }),
    ...(onAnswer === undefined ? {} : { onProgress: onAnswer }),
  });
}

async function save(result: TrainResult, tokenizer: Tokenizer, options: RunTrainingOptions): Promise<void> {
  const { mode, out, base, format } = options;
  const { weights, adapter } = result;
  if (mode === "lossless") {
    if (adapter === undefined) return;
    const baseFingerprint = await fingerprint(weights);
    await saveAdapter(
      out,
      { ...adapter, baseFingerprint },
      { format, ...(base === undefined ? {} : { baseModel: base }) },
    );
    return;
  }
  const end = tokenizer.eosToken;
  const start = tokenizer.bosToken;
  if (base !== undefined) await copyTokenizer(base, out);
  const config = { eosTokenIds: end === undefined ? [] : [end], ...(start === undefined ? {} : { bosTokenId: start }) };
  await saveModel(out, weights, { format, blockSize: WEIGHTS_A_SCALE, config });
  if (adapter === undefined) return;
  const baseFingerprint = await fingerprint((await loadModel(out)).weights);
  await saveAdapter(join(out, "adapter"), { ...adapter, baseFingerprint }, { format });
}

/** A model's folder is complete in itself. */
async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(join(from, name), join(to, name));
    // The checksum beside it is there for tokenizers that we wrote.
    await copyFile(join(from, `${name}.sha256`), join(to, `${name}.sha256`)).catch(() => undefined);
  }
}
