import { appendFile, readFile } from "node:fs/promises";
import type { TrainingExample } from "@anabranch/training";
import type { LanguageModel } from "../model/language-model.js";
import { answerTogether } from "./answer-together.js";

/** Prompts answered in one pass. */
const together = 16;

export interface SelfCompletionsOptions {
  /** Where answers are kept, a JSON line each, so that a run that was stopped goes on. */
  readonly file: string;
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The model's own greedy answers: what lossless streams must learn to foresee, since those are the words that they will
 * be asked to draft. Resumes from the file.
 */
export async function selfCompletions(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  options: SelfCompletionsOptions,
): Promise<TrainingExample[]> {
  const { file, maxTokens, signal, onProgress } = options;
  const known = await readKnown(file);
  const open = prompts.filter((prompt) => !known.has(prompt.join()));
  for (let start = 0; start < open.length; start += together) {
    const batch = open.slice(start, start + together);
    const settings = { stopTokens: model.stopTokens, maxTokens };
    const answers = await answerTogether(model.model, batch, {
      ...settings,
      ...(signal === undefined ? {} : { signal }),
    });
    const lines = batch.map((prompt, index) => JSON.stringify({ prompt, completion: answers[index] }));
    await appendFile(file, `${lines.join("\n")}\n`);
    batch.forEach((prompt, index) => void known.set(prompt.join(), answers[index] ?? []));
    onProgress?.(prompts.length - open.length + start + batch.length, prompts.length);
  }
  return prompts.map((prompt) => ({ prompt, completions: [known.get(prompt.join()) ?? []] }));
}

/** Answers by prompt. A last line that a killed run left unfinished is passed over. */
async function readKnown(file: string): Promise<Map<string, number[]>> {
  const text = await readFile(file, "utf8").catch(() => "");
  const known = new Map<string, number[]>();
  for (const line of text.split("\n").slice(0, -1)) {
    try {
      const { prompt, completion } = JSON.parse(line) as { prompt: number[]; completion: number[] };
      known.set(prompt.join(), completion);
    } catch {
      // Half a line in the middle: a killed run, resumed. Its prompt is answered again.
    }
  }
  return known;
}
