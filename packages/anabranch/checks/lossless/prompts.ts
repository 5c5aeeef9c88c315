import { readFileSync } from "node:fs";
import { sharedFile } from "@anabranch/bench-kit/shared";
import type { Tokenizer } from "@anabranch/tokenizers";
import { e2eTask } from "../../src/tasks/e2e.js";

/** Longer prompts would take most of the time, and hold nothing that shorter ones do not. */
const LONGEST = 96;

/** The first distinct meanings of E2E's test split, as the task's model takes them. */
export async function e2ePrompts(tokenizer: Tokenizer, count: number): Promise<number[][]> {
  const examples = await e2eTask.read(sharedFile("data"), "test");
  return examples.slice(0, count).map(({ prompt }) => tokenizer.encode(prompt));
}

/** Questions of MT-Bench, instructions and mathematics in turn, in the model's chat template; only short ones. */
export function chatPrompts(tokenizer: Tokenizer, count: number): number[][] {
  const sources = [
    readLines<{ turns: string[] }>("mtbench/question.jsonl").map(({ turns }) => turns[0] as string),
    readLines<Instruction>("instruct/self_instruct_user_oriented.jsonl").map(inWords),
    readLines<Instruction>("instruct/self_instruct_seed_tasks.jsonl").map(inWords),
    readLines<{ question: string }>("instruct/gsm8k_train.jsonl").map(({ question }) => question),
  ];
  const prompts: number[][] = [];
  for (let turn = 0; prompts.length < count; turn++) {
    if (sources.every((source) => turn >= source.length)) break;
    for (const source of sources) {
      const content = source[turn];
      if (content === undefined || prompts.length === count) continue;
      const text = tokenizer.chatTemplate?.render([{ role: "user", content }]) ?? content;
      const ids = tokenizer.encode(text);
      if (ids.length <= LONGEST) prompts.push(ids);
    }
  }
  return prompts;
}

interface Instruction {
  readonly instruction: string;
  readonly instances: readonly { readonly input: string }[];
}

const inWords = ({ instruction, instances }: Instruction): string =>
  [instruction, instances[0]?.input].filter((part) => part !== undefined && part !== "").join("\n");

function readLines<Row>(path: string): Row[] {
  const lines = readFileSync(sharedFile(`data/${path}`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Row);
}
