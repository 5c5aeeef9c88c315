import { totalmem } from "node:os";
import { type ModelConfig, openModelFiles } from "@anabranch/checkpoints";
import { AnabranchError } from "@anabranch/core";
import type { ChatTemplate, Tokenizer } from "@anabranch/tokenizers";
import { loadTokenizer, modelSource } from "../model/model-source.js";
import { type Place, type PlaceOptions, pathOf } from "../model/place.js";
import { stopTokensOf } from "../model/stop-tokens.js";
import { openStoredModel, type StoredModel, type StoredTensor } from "./stored-model.js";

/** Tensors of one format. */
export interface FormatReport {
  readonly format: string;
  readonly tensors: number;
  readonly bytes: number;
}

/** Why something cannot be done: a typed error's words. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
}

/** What `inspect` finds out. JSON-safe. */
export interface ModelReport {
  /** The file or folder. */
  readonly path: string;
  readonly kind: "gguf" | "safetensors";
  readonly family: string | undefined;
  /** Numbers that the tensors hold. */
  readonly parameters: number;
  /** The most bytes first. */
  readonly formats: readonly FormatReport[];
  /** Positions. */
  readonly context: number | undefined;
  readonly vocabulary: number | undefined;
  /** Texts of the tokens that begin and end a text; undefined when the tokenizer cannot be loaded. */
  readonly specialTokens: { readonly bos: string | undefined; readonly ends: readonly string[] } | undefined;
  /** Undefined when there is none. */
  readonly chatTemplate: { readonly renders: true | Obstacle; readonly example: string | undefined } | undefined;
  /** Memory that the weights take as float32, in bytes. */
  readonly float32Bytes: number;
  readonly runs: boolean;
  /** Why it does not run; empty when it does. */
  readonly obstacles: readonly Obstacle[];
  /** What of the model is not offered though it runs: positions beyond those that LongRoPE's short factors hold for, say. */
  readonly warnings: readonly string[];
}

/**
 * Looks into a model's files without loading them: of each tensor format the smallest tensor is read, to see that it can be.
 *
 * @throws what opening the files throws: IoError, InvalidFileError, ChecksumError, HubError, UnsupportedError for another
 *   version of a format; whatever else keeps the model from running is part of the report.
 */
export async function inspect(place: Place, options: PlaceOptions = {}): Promise<ModelReport> {
  const source = await modelSource(await pathOf(place, options));
  const obstacles: Obstacle[] = [];
  const attempt = async <Value>(work: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await work();
    } catch (error) {
      obstacles.push(obstacleOf(error));
      return undefined;
    }
  };
  const stored = await openStoredModel(source);
  try {
    const config = await attempt(() => configOf(source));
    const tokenizer = await attempt(() => loadTokenizer(source));
    for (const { name } of smallestOfFormats(stored)) await attempt(() => stored.read(name));
    const parameters = stored.tensors.reduce((sum, { shape }) => sum + countOf(shape), 0);
    const float32Bytes = 4 * parameters;
    if (float32Bytes > totalmem()) obstacles.push(tooLarge(float32Bytes));
    return {
      path: source,
      kind: stored.kind,
      family: config?.spec.family ?? stored.family,
      parameters,
      formats: formatsOf(stored.tensors),
      context: config?.spec.maxPositions ?? stored.context,
      vocabulary: config?.spec.vocabularySize ?? stored.vocabulary,
      specialTokens: tokenizer && specialTokensOf(tokenizer, config?.eosTokenIds ?? []),
      chatTemplate: tokenizer?.chatTemplate && tryTemplate(tokenizer.chatTemplate),
      float32Bytes,
      runs: obstacles.length === 0,
      obstacles,
      warnings: config?.warnings ?? [],
    };
  } finally {
    await stored.close();
  }
}

async function configOf(source: string): Promise<ModelConfig> {
  const files = await openModelFiles(source);
  await files.close();
  return files.config;
}

function smallestOfFormats({ tensors }: StoredModel): Iterable<StoredTensor> {
  const smallest = new Map<string, StoredTensor>();
  for (const tensor of tensors) {
    const known = smallest.get(tensor.format);
    if (known === undefined || tensor.bytes < known.bytes) smallest.set(tensor.format, tensor);
  }
  return smallest.values();
}

function formatsOf(tensors: readonly StoredTensor[]): FormatReport[] {
  const formats = new Map<string, FormatReport>();
  for (const { format, bytes } of tensors) {
    const known = formats.get(format);
    formats.set(format, { format, tensors: (known?.tensors ?? 0) + 1, bytes: (known?.bytes ?? 0) + bytes });
  }
  return [...formats.values()].sort((a, b) => b.bytes - a.bytes);
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function specialTokensOf(tokenizer: Tokenizer, eosTokenIds: readonly number[]) {
  const ends = stopTokensOf(tokenizer, eosTokenIds);
  const text = (id: number): string => tokenizer.idToToken(id) ?? `#${id}`;
  return { bos: tokenizer.bosToken === undefined ? undefined : text(tokenizer.bosToken), ends: [...ends].map(text) };
}

function tryTemplate(template: ChatTemplate): { renders: true | Obstacle; example: string | undefined } {
  try {
    return { renders: true, example: template.render([{ role: "user", content: "Hello!" }]) };
  } catch (error) {
    return { renders: obstacleOf(error), example: undefined };
  }
}

/** @throws the error itself when it is none of ours: that is a fault, not a finding */
function obstacleOf(error: unknown): Obstacle {
  if (!AnabranchError.isInstance(error) || error.code === "ABORTED") throw error;
  return { code: error.code, message: error.message };
}

function tooLarge(bytes: number): Obstacle {
  const gigabytes = (size: number): string => `${(size / 1e9).toFixed(1)} GB`;
  const message = `As float32 its weights take ${gigabytes(bytes)}; this machine has ${gigabytes(totalmem())} in all.`;
  return { code: "UNSUPPORTED", message };
}
