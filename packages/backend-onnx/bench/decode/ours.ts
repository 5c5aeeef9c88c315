/** Anabranch's side of `pnpm bench decode`: bundled and run in a process of its own. */
import { openGguf } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel, PassResult } from "@anabranch/core";
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
const { maxRows, promptRows = maxRows } = model.capabilities;

await measure(async (ids, count) => {
  const sequence = await model.createSequence();
  let from = 0;
  for (; ids.length - from > promptRows; from += promptRows) {
    const rows = ids.slice(from, from + promptRows).map((token, row) => ({ token, parent: row - 1 }));
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
