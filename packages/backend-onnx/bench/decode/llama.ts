/** node-llama-cpp's side of `pnpm bench decode`: its own stream of tokens, in a process of its own. */
import type { LlamaContextSequence } from "node-llama-cpp";
import { createLlamaContext } from "./llama-context.js";
import { measure } from "./report.js";

type Tokens = Parameters<LlamaContextSequence["evaluate"]>[0];

const sequence = (await createLlamaContext()).getSequence();

await measure(async (ids, count) => {
  await sequence.clearHistory();
  const times: number[] = [];
  const tokens: number[] = [];
  for await (const token of sequence.evaluate([...ids] as Tokens, { temperature: 0, yieldEogToken: true })) {
    times.push(performance.now());
    tokens.push(token);
    if (times.length === count) break;
  }
  return { times, tokens };
});
