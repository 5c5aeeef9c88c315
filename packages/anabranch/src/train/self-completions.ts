import { appendFile, readFile } from "node:fs/promises";
import { plainDrafter } from "@anabranch/core";
import type { TrainingExample } from "@anabranch/training";
import { decodeSet } from "../evaluate/decode-set.js";
import type { LanguageModel } from "../model/language-model.js";

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
  const examples: TrainingExample[] = [];
  for (const prompt of prompts) {
    let completion = known.get(prompt.join());
    if (completion === undefined) {
      const settings = { drafter: plainDrafter, adapter: false, maxTokens };
      const { sequences } = await decodeSet(model, [prompt], { ...settings, ...(signal === undefined ? {} : { signal }) });
      completion = [...(sequences[0]?.tokens ?? [])];
      await appendFile(file, `${JSON.stringify({ prompt, completion })}\n`);
    }
    examples.push({ prompt, completions: [completion] });
    onProgress?.(examples.length, prompts.length);
  }
  return examples;
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
