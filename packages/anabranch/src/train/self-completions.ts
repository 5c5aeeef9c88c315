import { appendFile, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidArgumentError, IoError } from "@anabranch/core";
import type { KnownStates, TrainingExample } from "@anabranch/training";
import type { LanguageModel } from "../model/language-model.js";
import { answerTogether } from "./answer-together.js";

/** Prompts in the works at the same time: beyond this, passes cost what their rows cost. */
const TOGETHER = 24;

export interface SelfCompletionsOptions {
  /** Where answers are kept, a JSON line each, so that a run that was stopped goes on. */
  readonly file: string;
  readonly maxTokens: number;
  /** The layer whose entering states are kept beside the answers, in `file`.states. */
  readonly layer: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The model's answers as examples, and the states that it had while it wrote them. */
export interface SelfCompletions {
  readonly examples: readonly TrainingExample[];
  readonly states: KnownStates;
}

interface KnownAnswer {
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
  /** Its first row in the file of states, and how many rows it has there. */
  readonly at: number;
  readonly rows: number;
}

/**
 * The model's own greedy answers: what lossless streams must learn to foresee, since those are the words that they will
 * be asked to draft. The states that streams start from come along, since the model has just computed them; training would
 * else read every text through the whole model once more. Resumes from the file.
 *
 * @throws IoError; AbortedError, after which the answers so far are kept; whatever the model throws
 */
export async function selfCompletions(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  options: SelfCompletionsOptions,
): Promise<SelfCompletions> {
  const { file, maxTokens, layer, signal, onProgress } = options;
  const known = await readKnown(file);
  const states = `${file}.states`;
  const width = model.model.spec.hiddenSize;
  const remaining = prompts.filter((prompt) => !known.has(prompt.join()));
  let done = prompts.length - remaining.length;
  let at = await wholeRows(states, width);
  const settings = { stopTokens: model.stopTokens, maxTokens, together: TOGETHER, hidden: layer };
  const answers = answerTogether(model.model, remaining, { ...settings, ...(signal === undefined ? {} : { signal }) });
  for await (const { index, tokens, states: rows } of answers) {
    const answer = { prompt: remaining[index] ?? [], completion: tokens, at, rows: rows.length };
    // States first: a line says that they are there.
    await append(states, bytesOf(rows, width));
    await append(file, `${JSON.stringify(answer)}\n`);
    at += rows.length;
    known.set(answer.prompt.join(), answer);
    onProgress?.(++done, prompts.length);
  }
  const kept = prompts.map((prompt) => known.get(prompt.join()) as KnownAnswer);
  return {
    examples: kept.map(({ prompt, completion }) => ({ prompt, completions: [completion] })),
    states: keptStates(states, width, kept),
  };
}

/** States of answers, read when they are asked for. */
function keptStates(file: string, width: number, answers: readonly KnownAnswer[]): KnownStates {
  const places = new Map(answers.map((answer) => [answer.completion as ArrayLike<number>, answer]));
  return {
    async of(_, completion) {
      const place = places.get(completion);
      if (place === undefined) return undefined;
      const data = new Float32Array(place.rows * width);
      const handle = await open(file, "r");
      try {
        const { bytesRead } = await handle.read(new Uint8Array(data.buffer), 0, data.byteLength, 4 * width * place.at);
        return bytesRead === data.byteLength ? data : undefined;
      } finally {
        await handle.close();
      }
    },
  };
}

/** Rows that the file of states holds; a killed run may have left a part of one behind, which is cut off. */
async function wholeRows(file: string, width: number): Promise<number> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  const rows = Math.floor(size / (4 * width));
  if (size === 4 * width * rows) return rows;
  const handle = await open(file, "r+");
  try {
    await handle.truncate(4 * width * rows);
  } finally {
    await handle.close();
  }
  return rows;
}

function bytesOf(rows: readonly Float32Array[], width: number): Uint8Array {
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, index) => void all.set(row, index * width));
  return new Uint8Array(all.buffer);
}

async function append(file: string, data: string | Uint8Array): Promise<void> {
  await appendFile(file, data).catch((cause) => {
    throw new IoError(`${file} could not be written to.`, {
      subject: file,
      cure: "Free some space, then run the same command again with --resume: the answers so far are kept.",
      cause,
    });
  });
}

/**
 * What an earlier training's model answered, by its file in that training's folder.
 *
 * @throws InvalidArgumentError where there is none
 */
export async function answersOf(folder: string): Promise<TrainingExample[]> {
  const file = answersFile(folder, "train");
  const known = await readKnown(file);
  if (known.size === 0) {
    throw new InvalidArgumentError(`${file} holds no answers.`, {
      subject: "learned",
      cure: "Name the --out of a training with --self.",
    });
  }
  return [...known.values()].map(({ prompt, completion }) => ({ prompt, completions: [completion] }));
}

/** Where a training keeps its model's answers. */
export function answersFile(folder: string, part: "train" | "held-out"): string {
  return join(folder, `self-${part}.jsonl`);
}

/** Answers by prompt. A last line that a killed run left unfinished is passed over. */
async function readKnown(file: string): Promise<Map<string, KnownAnswer>> {
  const text = await readFile(file, "utf8").catch(() => "");
  const known = new Map<string, KnownAnswer>();
  for (const line of text.split("\n").slice(0, -1)) {
    try {
      const answer = JSON.parse(line) as KnownAnswer;
      known.set(answer.prompt.join(), answer);
    } catch {
      // Half a line in the middle: a killed run, resumed. Its prompt is answered again.
    }
  }
  return known;
}
