/**
 * llama.cpp's engine with next to no JavaScript, in a process of its own: `llama_decode` on node-llama-cpp's native context, one call
 * a pass, logits of the last row computed but neither read nor sampled from; the tokens fed are the reference's.
 */
import { createLlamaContext } from "@anabranch/bench-kit/llama";
import { measure, taskOf } from "./report.js";

/** What node-llama-cpp's classes themselves call (its AddonTypes.d.ts, which it does not export). */
interface NativeContext {
  initBatch(size: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, rowsWithLogits: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  disposeSequence(sequence: number): void;
}

const task = taskOf();
const { _ctx: native } = (await createLlamaContext(task)) as unknown as { readonly _ctx: NativeContext };

async function pass(tokens: readonly number[], position: number): Promise<void> {
  native.initBatch(tokens.length);
  native.addToBatch(0, position, Uint32Array.from(tokens), Uint32Array.of(tokens.length - 1));
  await native.decodeBatch();
}

await measure(async (ids, count) => {
  native.disposeSequence(0);
  await pass(ids, 0);
  const times = [performance.now()];
  for (let step = 0; times.length < count; step++) {
    await pass([task.answer[step % task.answer.length] as number], ids.length + step);
    times.push(performance.now());
  }
  return { times };
});
