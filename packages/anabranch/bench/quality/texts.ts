import { readFileSync } from "node:fs";
import { sharedFile } from "@anabranch/bench-kit/shared";
import { modelFile, references } from "@anabranch/bench-kit/smollm2";
import { openGguf } from "@anabranch/checkpoints";
import { type BackendModel, decode, type PassResult } from "@anabranch/core";
import { tokenizerFromGguf } from "@anabranch/tokenizers";

/** A text, and what float32 says of it. */
export interface Yardstick {
  readonly tokens: readonly number[];
  /** The most probable next token after each of `tokens`. */
  readonly argmax: readonly number[];
  /** Log-probability of the token behind each of the first of `tokens`; fewer than `tokens` where no more are known. */
  readonly nextLogProbs: readonly number[];
}

/** The reference's prompts and answers, as Hugging Face transformers computed them: log-probabilities of the prompts alone. */
export function referenceTexts(): Yardstick[] {
  return references().map(({ ids, argmax, next_logprob, greedy }) => ({
    tokens: [...ids, ...greedy.slice(0, -1)],
    argmax: [...argmax, ...greedy.slice(1)],
    nextLogProbs: next_logprob,
  }));
}

/** Chat as the model itself writes it, measured by our own float32: MT-Bench's first turns, answered greedily. */
export async function chatTexts(model: BackendModel, count: number, answerTokens: number): Promise<Yardstick[]> {
  const file = await openGguf(modelFile);
  const tokenizer = tokenizerFromGguf(file.metadata);
  await file.close();
  const lines = readFileSync(sharedFile("data/mtbench/question.jsonl"), "utf8").trim().split("\n").slice(0, count);
  const texts: Yardstick[] = [];
  for (const line of lines) {
    const [content = ""] = (JSON.parse(line) as { turns: string[] }).turns;
    const prompt = tokenizer.chatTemplate?.render([{ role: "user", content }]) ?? content;
    const tokens = await answered(model, tokenizer.encode(prompt), answerTokens, tokenizer.eosToken);
    texts.push({ tokens, ...(await readings(model, tokens)) });
  }
  return texts;
}

/** A prompt and its greedy answer, without the token that ends it. */
async function answered(
  model: BackendModel,
  prompt: readonly number[],
  maxTokens: number,
  end: number | undefined,
): Promise<number[]> {
  const sequence = await model.createSequence();
  const stopTokens = new Set(end === undefined ? [] : [end]);
  const text = [...prompt];
  for await (const { tokens } of decode({ model, sequence, prompt, maxTokens, stopTokens })) text.push(...tokens);
  await sequence.dispose();
  return text.at(-1) === end ? text.slice(0, -1) : text;
}

/** What a model says of a text, all of it in one pass. */
export async function readings(
  model: BackendModel,
  tokens: readonly number[],
): Promise<{ argmax: number[]; nextLogProbs: number[] }> {
  const sequence = await model.createSequence();
  const rows = tokens.map((token, row) => {
    const logProbsOf = tokens.slice(row + 1, row + 2);
    return { token, parent: row - 1, read: { argmax: true, logProbsOf } };
  });
  const [result] = (await model.pass([{ sequence, rows }])) as [PassResult];
  await sequence.dispose();
  return {
    argmax: result.rows.map(({ argmax }) => argmax as number),
    nextLogProbs: result.rows.slice(0, -1).map(({ logProbsOf }) => logProbsOf?.[0] as number),
  };
}
