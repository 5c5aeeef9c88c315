/** Anabranch's side of `pnpm bench decode`: bundled and run in a process of its own. */
import { openGguf } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel, PassResult } from "@anabranch/core";
import { tokenizerFromGguf } from "@anabranch/tokenizers";
import { createOnnxBackend } from "../../src/index.js";
import { report, sinceStart, taskOf } from "./report.js";

const { weights, blockSize, file, cache, threads, prompt, long, tokens } = taskOf();

async function load(): Promise<BackendModel> {
  const gguf = await openGguf(file);
  tokenizerFromGguf(gguf.metadata); // the other side reads its vocabulary too
  await gguf.close();
  const loaded = await loadConverted(file, { weights, blockSize, cache });
  return createOnnxBackend({ threads }).load(loaded.weights);
}

/** Rows of a pass. Shorter than the prompt, so that activations are small beside the weights. */
const CHUNK = 128;

/** Takes a prompt in, then decodes plainly. @returns when each token came */
async function decode(model: BackendModel, ids: readonly number[], count: number): Promise<number[]> {
  const sequence = await model.createSequence();
  let from = 0;
  for (; ids.length - from > CHUNK; from += CHUNK) {
    const rows = ids.slice(from, from + CHUNK).map((token, row) => ({ token, parent: row - 1 }));
    await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
  }
  const times: number[] = [];
  let next = ids.slice(from);
  for (let index = 0; index < count; index++) {
    const last = next.length - 1;
    const rows = next.map((token, row) => ({
      token,
      parent: row - 1,
      ...(row === last ? { read: { argmax: true } } : {}),
    }));
    const [result] = (await model.pass([{ sequence, rows }])) as [PassResult];
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
    times.push(performance.now());
    next = [result.rows[last]?.argmax as number];
  }
  await sequence.dispose();
  return times;
}

const model = await load();
await decode(model, prompt, 1);
const firstToken = sinceStart();
const times = await decode(model, prompt, tokens + 1);
const tokensPerSecond = (1000 * tokens) / ((times.at(-1) as number) - (times[0] as number));
let prefill = Number.POSITIVE_INFINITY;
for (let round = 0; round < 2; round++) {
  const from = performance.now();
  const [done] = await decode(model, long, 1);
  prefill = Math.min(prefill, (done as number) - from);
}
report({ firstToken, prefill, tokensPerSecond });
