/** Anabranch's side of `pnpm bench decode`: bundled and run in a process of its own. */
import { openGguf } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel, PassResult } from "@anabranch/core";
import { tokenizerFromGguf } from "@anabranch/tokenizers";
import { createOnnxBackend } from "../../src/index.js";
import { measure, taskOf } from "./report.js";

const { weights, blockSize, file, cache, threads } = taskOf();

async function load(): Promise<BackendModel> {
  const gguf = await openGguf(file);
  tokenizerFromGguf(gguf.metadata); // the other sides read their vocabulary too
  await gguf.close();
  const loaded = await loadConverted(file, { weights, blockSize, cache });
  return createOnnxBackend({ threads }).load(loaded.weights);
}

/** Rows of a pass. Shorter than the prompt, so that activations are small beside the weights. */
const CHUNK = 128;

const model = await load();

await measure(async (ids, count) => {
  const sequence = await model.createSequence();
  let from = 0;
  for (; ids.length - from > CHUNK; from += CHUNK) {
    const rows = ids.slice(from, from + CHUNK).map((token, row) => ({ token, parent: row - 1 }));
    await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
  }
  const times: number[] = [];
  const tokens: number[] = [];
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
    const token = result.rows[last]?.argmax as number;
    times.push(performance.now());
    tokens.push(token);
    next = [token];
  }
  await sequence.dispose();
  return { times, tokens };
});
