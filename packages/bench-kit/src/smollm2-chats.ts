import { readFileSync } from "node:fs";
import { openGguf } from "@anabranch/checkpoints";
import { type Tokenizer, tokenizerFromGguf } from "@anabranch/tokenizers";
import { sharedFile } from "./shared.js";
import { modelFile } from "./smollm2.js";

/** A prompt as text, for engines that take nothing else, and as tokens. */
export interface Prompt {
  readonly text: string;
  readonly ids: readonly number[];
}

export async function smollm2Tokenizer(): Promise<Tokenizer> {
  const file = await openGguf(modelFile);
  const tokenizer = tokenizerFromGguf(file.metadata);
  await file.close();
  return tokenizer;
}

const questions = (): string[] =>
  readFileSync(sharedFile("data/mtbench/question.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { turns: [string, ...string[]] }).turns[0]);

/** MT-Bench's first turns as the chat template writes them: `count` of them, evenly from its 80. */
export async function chatPrompts(count: number): Promise<Prompt[]> {
  const tokenizer = await smollm2Tokenizer();
  const all = questions();
  return Array.from({ length: count }, (_, index) => {
    const content = all[Math.floor((index * all.length) / count)] as string;
    const text = tokenizer.chatTemplate?.render([{ role: "user", content }]) ?? content;
    return { text, ids: tokenizer.encode(text) };
  });
}

/** Questions one after the other, cut where the text has so many tokens: as text and as tokens the same. */
export async function longPrompt(tokens: number): Promise<Prompt> {
  const tokenizer = await smollm2Tokenizer();
  const whole = questions().join("\n");
  for (let end = 3 * tokens; end < whole.length; end++) {
    const text = whole.slice(0, end);
    const ids = tokenizer.encode(text);
    if (ids.length === tokens) return { text, ids };
  }
  throw new Error(`No beginning of MT-Bench's questions has ${tokens} tokens.`);
}
