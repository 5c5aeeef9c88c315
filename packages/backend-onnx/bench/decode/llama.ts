/** node-llama-cpp's side of `pnpm bench decode`: its own stream of tokens, in a process of its own. */
import { createLlamaContext, decodeByLlama } from "@anabranch/bench-kit/llama";
import { measure, taskOf } from "./report.js";

const sequence = (await createLlamaContext(taskOf())).getSequence();

await measure(async (ids, count) => {
  const times: number[] = [];
  const tokens: number[] = [];
  for await (const token of decodeByLlama(sequence, ids)) {
    times.push(performance.now());
    tokens.push(token);
    if (times.length === count) break;
  }
  return { times, tokens };
});
