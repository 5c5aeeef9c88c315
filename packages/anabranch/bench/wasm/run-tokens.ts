import type { Run, Task } from "./side.js";

/** Runs a task on any engine that hands out tokens one by one. */
export async function runTokens({ prompt, count }: Task, tokens: AsyncIterable<number>): Promise<Run> {
  const from = performance.now();
  const times: number[] = [];
  const emitted: number[] = [];
  for await (const token of tokens) {
    times.push(performance.now());
    emitted.push(token);
    if (emitted.length === count) break;
  }
  const first = times[0] as number;
  const decoding = (times.at(-1) as number) - first;
  return { promptTokens: prompt.ids.length, prefill: first - from, steps: times.length - 1, decoding, emitted };
}
