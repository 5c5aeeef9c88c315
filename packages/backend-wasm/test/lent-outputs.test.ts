import { plainModel, randomWeights } from "@anabranch/conformance/random";
import { type CompiledGraph, GraphBuilder, type Tensor } from "@anabranch/core";
import type { ModelRuntime } from "@anabranch/graph-backend";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWasmRuntime } from "../src/runtime/wasm-runtime.js";

let runtime: ModelRuntime;
let lends: CompiledGraph;
let copies: CompiledGraph;
beforeAll(async () => {
  runtime = await openWasmRuntime({ threads: 2, rowPrecision: "mixed" })(randomWeights(plainModel));
  const graph = scaled();
  lends = await runtime.compile(graph, { fleeting: true });
  copies = await runtime.compile(graph);
});
afterAll(() => runtime.dispose());

/** y = 3 x, and z = y + x: [1, rows, 8] */
function scaled() {
  const builder = new GraphBuilder("scaled");
  const x = builder.input("x", ["batch", "rows", 8]);
  const [y] = builder.add("scale", "y", [x], { factor: 3 }) as [string];
  builder.output("y", y);
  builder.output("z", builder.add("add", "z", [y, x], { scale: 1 })[0] as string);
  return builder.build();
}

const numbers = (seed: number, rows: number): Tensor => {
  const data = Float32Array.from({ length: 8 * rows }, (_, index) => ((seed * 31 + index) % 97) - 40);
  return { shape: [1, rows, 8], data };
};

describe("outputs that are lent", () => {
  it("are what was computed until they are given back, whatever runs meanwhile", async () => {
    const step = fc.record({
      seed: fc.nat(1000),
      rows: fc.integer({ min: 1, max: 40 }),
      returned: fc.nat(3),
      copied: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 25 }), async (steps) => {
        const open: { readonly x: Tensor; readonly outputs: Record<string, Tensor> }[] = [];
        for (const { seed, rows, returned, copied } of steps) {
          const x = numbers(seed, rows);
          if (copied) await copies.run({ x });
          else open.push({ x, outputs: await lends.run({ x }) });
          for (const { x: given, outputs } of open) {
            expect(outputs.y?.data).toEqual(given.data.map((number) => 3 * number));
            expect(outputs.z?.data).toEqual(given.data.map((number) => 4 * number));
          }
          // Some are given back at once, some later, some never.
          const gone = returned < open.length ? open.splice(returned, 1) : [];
          for (const { outputs } of gone) lends.release?.(outputs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are given out again once they were given back, and not before", async () => {
    const first = await lends.run({ x: numbers(1, 5) });
    const second = await lends.run({ x: numbers(2, 5) });
    expect(second).not.toBe(first);
    lends.release?.(second);
    expect(await lends.run({ x: numbers(3, 5) })).toBe(second);
    expect(second.y?.data[0]).toBe(3 * (numbers(3, 5).data[0] as number));
    expect(first.y?.data[0]).toBe(3 * (numbers(1, 5).data[0] as number));
  });

  it("go into slots of held tensors, from where they were computed and from where they were kept", async () => {
    const { tensors } = runtime;
    const held = tensors.allocate([2, 5, 4], 1);
    const [to] = held as [Tensor];
    const slotOf = (slot: number): number[] =>
      [0, 1].flatMap((head) => [...to.data.subarray(4 * (5 * head + slot), 4 * (5 * head + slot) + 4)]);
    const x = numbers(7, 3);
    const outputs = await lends.run({ x });
    expect(tensors.copyHeads?.(outputs.y as Tensor, 2, to, 3)).toBe(true);
    expect(slotOf(3)).toEqual([...x.data.subarray(16, 24)].map((number) => 3 * number));
    expect([0, 1, 2, 4].flatMap(slotOf)).toEqual(new Array(32).fill(0));
    // Another run has their place: who asks then copies by itself.
    await copies.run({ x: numbers(1, 3) });
    expect(tensors.copyHeads?.(outputs.y as Tensor, 2, to, 1)).toBe(false);
    expect(tensors.copyHeads?.(x, 2, to, 1)).toBe(false);
    expect(slotOf(1)).toEqual(new Array(8).fill(0));
    lends.release?.(outputs);
    tensors.free(held);
  });
});
