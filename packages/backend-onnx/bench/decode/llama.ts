/** node-llama-cpp's side of `pnpm bench decode`, in a process of its own. */
import { getLlama, type LlamaContextSequence } from "node-llama-cpp";
import { report, sinceStart, taskOf } from "./report.js";

const { file, threads, prompt, long, tokens } = taskOf();
type Tokens = Parameters<LlamaContextSequence["evaluate"]>[0];

const llama = await getLlama({ gpu: false, build: "never", maxThreads: threads });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 1024, batchSize: 512, threads });
const sequence = context.getSequence();

async function decode(ids: readonly number[], count: number): Promise<number[]> {
  await sequence.clearHistory();
  const times: number[] = [];
  for await (const _ of sequence.evaluate([...ids] as Tokens, { temperature: 0, yieldEogToken: true })) {
    times.push(performance.now());
    if (times.length === count) break;
  }
  return times;
}

await decode(prompt, 1);
const firstToken = sinceStart();
const times = await decode(prompt, tokens + 1);
const tokensPerSecond = (1000 * (times.length - 1)) / ((times.at(-1) as number) - (times[0] as number));
let prefill = Number.POSITIVE_INFINITY;
for (let round = 0; round < 2; round++) {
  const from = performance.now();
  const [done] = await decode(long, 1);
  prefill = Math.min(prefill, (done as number) - from);
}
report({ firstToken, prefill, tokensPerSecond });
