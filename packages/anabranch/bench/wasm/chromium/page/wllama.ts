/** wllama's page in `pnpm bench wasm`: its own worker, its own threads, on processors. */
import { type RawCompletionChunk, Wllama } from "@wllama/wllama/esm/index.js";
import type { Run, Task } from "../../side.js";
import { fetchModel, pageSettings, platform } from "./page-platform.js";

const wllama = new Wllama({ default: "/wllama.wasm" }, { suppressNativeLog: true });

async function load(): Promise<number> {
  const settings = pageSettings();
  const { threads } = settings;
  const limits = { n_ctx: 1024, n_batch: 512, n_parallel: 1 };
  await wllama.loadModel([await fetchModel(settings)], { n_threads: threads, n_gpu_layers: 0, ...limits });
  if (wllama.isMultithread() !== threads > 1 || wllama.getNumThreads() !== threads) {
    throw new Error(`wllama runs ${wllama.getNumThreads()} threads.`);
  }
  return performance.now();
}

async function run({ prompt, count }: Task): Promise<Run> {
  let first = 0;
  let text = "";
  let last: RawCompletionChunk | undefined;
  // The server within it takes more than its types say: without `cache_prompt` it would not take a prompt in twice.
  const greedily = { temperature: 0, ignore_eos: true, cache_prompt: false } as const;
  const from = performance.now();
  await wllama.createCompletion({
    ...{ prompt: prompt.text, max_tokens: count, ...greedily },
    stream: true,
    onData(chunk) {
      if (first === 0) first = performance.now();
      text += chunk.choices[0]?.text ?? "";
      last = chunk;
    },
  });
  const end = performance.now();
  if (last?.timings === undefined) throw new Error("wllama ended without its counts.");
  const { prompt_n, predicted_n } = last.timings;
  return {
    promptTokens: prompt_n,
    prefill: first - from,
    steps: predicted_n - 1,
    decoding: end - first,
    emitted: text,
  };
}

platform.side = { loading: load(), run };
