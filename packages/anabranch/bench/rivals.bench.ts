/**
 * A model with its streams beside node-llama-cpp's plain decoding at Q8_0, on a task's prompts.
 * `pnpm bench rivals [--task mtbench] [--split test] [--adapter FOLDER] [--lora FOLDER] [--backend wasm|onnx] [--weights float32]
 * [--prompts 16] [--tokens 128] [--rounds 2] [--threads 2]`
 *
 * SmolLM2-135M-Instruct; Node 24 for all sides. After every prompt each side decodes as many tokens as our plain decoding
 * writes there, up to its end; with --lora node-llama-cpp runs the bare base, which costs the same and says something else.
 * Printed are medians over prompts and rounds: tokens/s behind the first token, and from the call to the last token; ratios within
 * turns. "same": texts that are plain decoding's.
 */
import { parseArgs } from "node:util";
import { machineLine } from "@anabranch/bench-kit/machine";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import { sharedFile } from "@anabranch/bench-kit/shared";
import { requireModel } from "@anabranch/bench-kit/smollm2";
import { smollm2Tokenizer } from "@anabranch/bench-kit/smollm2-chats";
import { ggufFor } from "@anabranch/bench-kit/smollm2-gguf";
import { renderTable, summarize } from "@anabranch/evaluation";
import { findTask } from "../src/tasks/find-task.js";
import { promptTokens } from "../src/tasks/prompt-tokens.js";
import type { Split } from "../src/tasks/task.js";
import { openRivals } from "./rivals/sides.js";
import type { Run } from "./wasm/side.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    task: { type: "string", default: "mtbench" },
    split: { type: "string", default: "test" },
    adapter: { type: "string" },
    lora: { type: "string" },
    backend: { type: "string", default: "wasm" },
    weights: { type: "string" },
    prompts: { type: "string", default: "16" },
    tokens: { type: "string", default: "128" },
    rounds: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
  },
});

requireModel();
const node = findNode24();
if (node === undefined) {
  console.error("Node 24 is not installed for this platform (the package `node`).");
  process.exit(1);
}
const task = findTask(values.task);
const tokenizer = await smollm2Tokenizer();
const encode = promptTokens(task, tokenizer, "SmolLM2");
const examples = await task.read(sharedFile("data"), values.split as Split);
const count = Math.min(Number(values.prompts), examples.length);
const prompts = Array.from({ length: count }, (_, index) => {
  const { prompt } = examples[Math.floor((index * examples.length) / count)] as (typeof examples)[number];
  return { text: prompt, ids: encode(prompt) };
});
const sides = await openRivals({
  node,
  llamaFile: await ggufFor("int8"),
  file: await ggufFor(values.weights === "float32" ? "float32" : "int8"),
  adapter: values.adapter,
  lora: values.lora,
  backend: values.backend as "wasm" | "onnx",
  weights: values.weights as "float32" | undefined,
  threads: Number(values.threads),
});
console.log(await machineLine());
console.log(
  `SmolLM2-135M-Instruct${values.lora === undefined ? "" : ` with ${values.lora}`}, ${values.backend}, ${values.weights ?? "8 bits"}; adapter ${values.adapter ?? "none"}; ` +
    `${count} prompts of ${task.name} ${values.split}, up to ${values.tokens} tokens; ${values.threads} threads; rounds: ${values.rounds}`,
);

const [plain] = sides as [(typeof sides)[number]];
const runs = sides.map((): Run[] => []);
let same = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [index, prompt] of prompts.entries()) {
    const whole = tokensOf(await plain.run({ prompt, count: Number(values.tokens) }));
    const end = whole.findIndex((token) => tokenizer.isSpecial(token));
    const asked = end < 0 ? whole.length : end + 1;
    if (asked < 3) continue; // Nothing behind the first token that could be timed.
    for (const offset of sides.keys()) {
      const at = (index + round + offset) % sides.length;
      (runs[at] as Run[]).push(await (sides[at] as (typeof sides)[number]).run({ prompt, count: asked }));
    }
    const [ours, drafted] = runs.map((all) => tokensOf(all.at(-1) as Run).join());
    if (ours === drafted) same++;
  }
}
for (const side of sides) await side.close();

const median = (numbers: readonly number[]): number => summarize(numbers).median;
const decoding = ({ steps, decoding }: Run): number => (1000 * steps) / decoding;
const inAll = ({ steps, prefill, decoding }: Run): number => (1000 * (steps + 1)) / (prefill + decoding);
const drafted = runs[1] as Run[];
console.log(
  renderTable<number>(
    [
      { title: "side", value: (at) => sides[at]?.name ?? "" },
      { title: "tokens/s", value: (at) => median((runs[at] as Run[]).map(decoding)), decimals: 1 },
      { title: "streams are", value: (at) => ratio(at, decoding) },
      { title: "with the prompt", value: (at) => median((runs[at] as Run[]).map(inAll)), decimals: 1 },
      { title: "streams are ", value: (at) => ratio(at, inAll) },
    ],
    [...sides.keys()],
  ),
);
console.log(`same: ${same} of ${drafted.length} texts`);

/** How many times the side's speed that with streams is: the median within turns, and its quartiles. */
function ratio(at: number, speed: (run: Run) => number): string {
  if (at === 1) return "";
  const { median, lowerQuartile, upperQuartile } = summarize(
    drafted.map((run, turn) => speed(run) / speed(runs[at]?.[turn] as Run)),
  );
  return `${median.toFixed(2)} times, ${lowerQuartile.toFixed(2)}-${upperQuartile.toFixed(2)}`;
}

function tokensOf({ emitted }: Run): readonly number[] {
  if (typeof emitted === "string") throw new Error("Our sides hand out tokens.");
  return emitted;
}
