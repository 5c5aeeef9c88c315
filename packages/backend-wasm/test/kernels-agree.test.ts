import { describe, expect, it } from "vitest";
import type { Kernels } from "../src/index.js";
import { kernelsAgree } from "../src/kernels-agree.js";
import { Arena } from "./arena.js";

type Product = Kernels["matmulInt4"];

/** Kernels of which one product's last bit is turned where it has so many rows. */
function spoiledProduct(
  { kernels, memory }: Arena,
  name: "matmulInt8" | "matmulInt8Half" | "matmulInt4",
  of: number,
): Kernels {
  const product: Product = (...call) => {
    kernels[name](...call);
    const [, rows, , , , , out, outputs] = call;
    if (rows === of) turnBit(memory.buffer, out + 4 * (rows * outputs - 1));
  };
  return { ...kernels, [name]: product };
}

function turnBit(buffer: ArrayBufferLike, address: number): void {
  new Uint8Array(buffer)[address]! ^= 1;
}

/** Where kernels other than quantized products write. */
const outputs = {
  matmulF32: (call: Parameters<Kernels["matmulF32"]>) => call[5],
  attend: ([call]: Parameters<Kernels["attend"]>, buffer: ArrayBufferLike) =>
    new Uint32Array(buffer, call, 3)[2] as number,
  activate: (call: Parameters<Kernels["activate"]>) => call[5],
  logSumExp: (call: Parameters<Kernels["logSumExp"]>) => call[3],
};

/** Kernels of which one turns a bit of what it writes. */
function spoiled({ kernels, memory }: Arena, name: keyof typeof outputs): Kernels {
  const run = kernels[name] as (...call: number[]) => void;
  const outputOf = outputs[name] as unknown as (call: number[], buffer: ArrayBufferLike) => number;
  const kernel = (...call: number[]): void => {
    run(...call);
    turnBit(memory.buffer, outputOf(call, memory.buffer));
  };
  return { ...kernels, [name]: kernel };
}

describe("kernelsAgree", () => {
  it("finds the same kernels the same, on plain and on shared memory", async () => {
    expect(kernelsAgree(await Arena.create(), await Arena.create({ shared: true }))).toBe(true);
  });

  it("finds a single wrong bit in any kind of product, of several rows or of one", async () => {
    const [good, other] = [await Arena.create(), await Arena.create()];
    for (const name of ["matmulInt8", "matmulInt8Half", "matmulInt4"] as const) {
      for (const rows of [8, 5, 3, 2, 1]) {
        const kernels = spoiledProduct(other, name, rows);
        expect(kernelsAgree(good, { memory: other.memory, kernels })).toBe(false);
      }
    }
  });

  it("finds a single wrong bit in other kernels", async () => {
    const [good, other] = [await Arena.create(), await Arena.create()];
    for (const name of Object.keys(outputs) as (keyof typeof outputs)[]) {
      expect(kernelsAgree(good, { memory: other.memory, kernels: spoiled(other, name) })).toBe(false);
    }
  });
});
