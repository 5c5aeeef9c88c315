/** Anabranch's side of `pnpm bench decode`: bundled and run in a process of its own. */
import { openGguf } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import { type BackendModel, decode } from "@anabranch/core";
import { tokenizerFromGguf } from "@anabranch/tokenizers";
import { createOnnxBackend } from "../../src/index.js";
import { measure, taskOf } from "./report.js";

const { weights, blockSize, rowPrecision, file, cache, threads } = taskOf();

async function load(): Promise<BackendModel> {
  const gguf = await openGguf(file);
  tokenizerFromGguf(gguf.metadata); // the other sides read their vocabulary too
  await gguf.close();
  const loaded = await loadConverted(file, { weights, blockSize, cache });
  return createOnnxBackend({ threads, rowPrecision }).load(loaded.weights);
}

const model = await load();

await measure(async (prompt, maxTokens) => {
  const sequence = await model.createSequence();
  const times: number[] = [];
  const tokens: number[] = [];
  for await (const step of decode({ model, sequence, prompt, maxTokens })) {
    times.push(performance.now());
    tokens.push(...step.tokens);
  }
  await sequence.dispose();
  return { times, tokens };
});
