import type { BackendModel } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { Chance } from "../soak/chance.js";
import { heapOf } from "../soak/heap-of.js";
import { RandomWalk } from "../soak/random-walk.js";
import { smallModel } from "../soak/small-model.js";
import { createWasmBackend } from "../src/index.js";

const { weights, adapter } = await smallModel();

/** What `pnpm soak wasm` does for ten minutes, for a thousand rows; the same seed does the same. */
async function walk(model: BackendModel, seed: number): Promise<void> {
  const walk = new RandomWalk(model, adapter, new Chance(seed));
  while (walk.rows < 1000) await walk.step();
  await walk.end();
}

describe.each([1, 2])("the heap of a model on %i threads", (threads) => {
  it("holds what it held before, once texts and adapters are gone", async () => {
    const model = await createWasmBackend({ threads }).load(weights);
    const heap = heapOf(model);
    // The first time, and once more: until the arena is as large as it must be, and only plans lie in the heap that fit it.
    for (let again = 0; again < 2; again++) await walk(model, 1);
    const { used } = heap;
    await walk(model, 1);
    expect(heap.used).toBe(used);
    await model.dispose();
  });

  it("is empty once the model is disposed, whatever still was open", async () => {
    const model = await createWasmBackend({ threads }).load(weights);
    const heap = heapOf(model);
    await walk(model, 2);
    const handle = await model.attach(adapter);
    const sequence = await model.createSequence({ adapter: handle });
    await model.pass([{ sequence, rows: [{ token: 1, parent: -1, streams: true, read: { argmax: true } }] }]);
    expect(heap.used).toBeGreaterThan(0);
    await model.dispose();
    expect(heap.used).toBe(0);
  });
});
