/**
 * What full draft trees would accept, for every k and depth: the ceiling of an adapter. `pnpm bench full-trees --adapter FOLDER
 * [--model FILE] [--task instruct|mtbench] [--split test] [--limit 80] [--tokens 128]`. The model answers the prompts (8 bits, wasm,
 * greedy), then the ranks of the right tokens among each stream's best are computed in float32 along the answers, and steps
 * are counted as full trees of k children a node would take them (`walkFullTrees`): a tree of 5 levels of 5 has 3,905 rows, which
 * no pass takes.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { benchCache, modelFile } from "@anabranch/bench-kit/smollm2";
import { loadAdapter, loadModel } from "@anabranch/checkpoints";
import { measureAcceptance, walkFullTrees } from "@anabranch/evaluation";
import { describeMachine } from "@anabranch/evaluation/node";
import { type StreamRanks, streamRanks } from "@anabranch/training";
import { load } from "../src/model/load.js";
import { findData, findTask } from "../src/tasks/find-task.js";
import { promptTokens } from "../src/tasks/prompt-tokens.js";
import type { Split } from "../src/tasks/task.js";
import { selfCompletions } from "../src/train/self-completions.js";
import { widened } from "../src/train/starting-point.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    adapter: { type: "string" },
    model: { type: "string", default: modelFile },
    task: { type: "string", default: "instruct" },
    split: { type: "string", default: "test" },
    limit: { type: "string", default: "80" },
    tokens: { type: "string", default: "128" },
    threads: { type: "string", default: "2" },
    data: { type: "string" },
  },
});
if (values.adapter === undefined) throw new Error("Name an adapter's folder with --adapter.");
const threads = Number(values.threads);
const task = findTask(values.task);
const examples = (await task.read(findData(values.data), values.split as Split)).slice(0, Number(values.limit));
const { weights: stored } = await loadModel(values.model);
const weights = widened(stored);
const { adapter } = await loadAdapter(values.adapter, { base: weights });
const { gamma, msaLayers } = adapter.streams;

const model = await load(values.model, { threads });
const encode = promptTokens(task, model.tokenizer, values.model);
const folder = join(benchCache, "full-trees");
await mkdir(folder, { recursive: true });
const answers = await selfCompletions(
  model,
  examples.map(({ prompt }) => encode(prompt)),
  {
    file: join(folder, `${values.task}-${values.split}-${values.tokens}.jsonl`),
    maxTokens: Number(values.tokens),
    layer: model.model.spec.layers - msaLayers,
  },
);
await model.dispose();

const runtime = createOnnxRuntime({ threads });
const texts: StreamRanks[] = [];
for await (const ranks of streamRanks(answers.examples, {
  runtime,
  weights,
  adapter,
  width: 8,
  known: answers.states,
})) {
  texts.push(ranks);
}
const { processor, cores, node } = await describeMachine();
const tokens = answers.examples.reduce((sum, { completions }) => sum + (completions[0]?.length ?? 0), 0);
console.log(`${processor}, ${cores} cores, Node ${node}; ${values.model}; ${values.adapter}`);
console.log(
  `${examples.length} prompts of ${values.task} ${values.split}, ${tokens} tokens, ${values.tokens} at most each\n`,
);
const ks = [1, 2, 3, 5, 8];
console.log(["depth", ...ks.map((k) => `CR k=${k}`), "right at first guess"].join("\t"));
for (let depth = 1; depth <= gamma; depth++) {
  const row = ks.map((k) => measureAcceptance(texts.map((text) => walkFullTrees(text, k, depth))).cr.toFixed(2));
  console.log([depth, ...row, firstGuess(depth).toFixed(2)].join("\t"));
}

/** Share of a stream's targets that are its best token, the tokens between being the right ones. */
function firstGuess(stream: number): number {
  let right = 0;
  let all = 0;
  for (const { ranks } of texts) {
    const rows = ranks.length / gamma;
    for (let row = 0; row + stream < rows; row++) {
      all++;
      if (ranks[row * gamma + stream - 1] === 0) right++;
    }
  }
  return right / all;
}
