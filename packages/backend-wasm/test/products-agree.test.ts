import { describe, expect, it } from "vitest";
import type { Kernels } from "../src/index.js";
import { productsAgree } from "../src/products-agree.js";
import { Arena } from "./arena.js";

/** Kernels of which one product's last bit is turned where it has so many rows. */
function spoiled(
  { kernels, memory }: Arena,
  name: "matmulInt8" | "matmulInt8Half" | "matmulInt4",
  of: number,
): Kernels {
  const product: Kernels["matmulInt4"] = (...call) => {
    kernels[name](...call);
    const [, rows, , , , , out, outputs] = call;
    if (rows === of) new Uint8Array(memory.buffer)[out + 4 * (rows * outputs - 1)]! ^= 1;
  };
  return { ...kernels, [name]: product };
}

describe("productsAgree", () => {
  it("finds the same kernels the same, on plain and on shared memory", async () => {
    expect(productsAgree(await Arena.create(), await Arena.create({ shared: true }))).toBe(true);
  });

  it("finds a single wrong bit in any kind of product, of several rows or of one", async () => {
    const [good, other] = [await Arena.create(), await Arena.create()];
    for (const name of ["matmulInt8", "matmulInt8Half", "matmulInt4"] as const) {
      for (const rows of [6, 5, 1]) {
        const kernels = spoiled(other, name, rows);
        expect(productsAgree(good, { memory: other.memory, kernels })).toBe(false);
      }
    }
  });
});
