import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isGgufPath, openGgufModel, openSafetensors, openShards } from "@anabranch/checkpoints";
import { InvalidFileError, IoError } from "@anabranch/core";

/** A tensor as its file has it. */
export interface StoredTensor {
  readonly name: string;
  /** The file's own name for it: Q4_1, BF16. */
  readonly format: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What a model's files say of themselves, understood or not. */
export interface StoredModel {
  readonly kind: "gguf" | "safetensors";
  /** "llama", "qwen2": as the file says it; undefined where it says nothing. */
  readonly family: string | undefined;
  /** Positions. */
  readonly context: number | undefined;
  readonly vocabulary: number | undefined;
  readonly tensors: readonly StoredTensor[];
  /** Reads a tensor, for nothing but to see whether that can be done. */
  read(name: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens a model's files without asking whether it can run.
 *
 * @throws IoError, InvalidFileError, ChecksumError, InvalidArgumentError; UnsupportedError for another version of a format
 */
export function openStoredModel(source: string): Promise<StoredModel> {
  return isGgufPath(source) ? openStoredGguf(source) : openStoredFolder(source);
}

async function openStoredGguf(path: string): Promise<StoredModel> {
  const file = await openGgufModel(path);
  const { metadata } = file;
  const family = metadata.get("general.architecture");
  const tokens = metadata.get("tokenizer.ggml.tokens");
  return {
    kind: "gguf",
    family: typeof family === "string" ? family : undefined,
    context: wholeNumber(metadata.get(`${String(family)}.context_length`)),
    vocabulary: Array.isArray(tokens) ? tokens.length : undefined,
    tensors: [...file.tensors.values()].map(({ name, type, shape, begin, end }) => {
      return { name, format: type, shape, bytes: end - begin };
    }),
    read: (name) => file.readWeight(name),
    close: () => file.close(),
  };
}

async function openStoredFolder(folder: string): Promise<StoredModel> {
  const config = await readConfig(join(folder, "config.json"));
  const whole = join(folder, "model.safetensors");
  const sharded = !existsSync(whole) && existsSync(join(folder, "model.safetensors.index.json"));
  const file = sharded ? await openShards(folder) : await openSafetensors(whole);
  const { model_type: family, vocab_size: vocabulary } = config;
  return {
    kind: "safetensors",
    family: typeof family === "string" ? family : undefined,
    context: wholeNumber(config["max_position_embeddings"] ?? config["n_positions"]),
    vocabulary: wholeNumber(vocabulary),
    tensors: [...file.tensors.values()].map(({ name, dtype, shape, begin, end }) => {
      return { name, format: dtype, shape, bytes: end - begin };
    }),
    read: (name) => file.read(name),
    close: () => file.close(),
  };
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new IoError(`${path} could not be read.`, {
      subject: path,
      cure: "Give a GGUF file, or a folder with config.json and safetensors.",
      cause,
    });
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null) return config as Record<string, unknown>;
  } catch (cause) {
    throw notJson(path, cause);
  }
  throw notJson(path);
}

function notJson(path: string, cause?: unknown): InvalidFileError {
  return new InvalidFileError(`${path} is no JSON object.`, { subject: path, cure: "Fetch it again.", cause });
}

const wholeNumber = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) ? (value as number) : undefined;
