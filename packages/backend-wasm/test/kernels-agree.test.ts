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

/** Kernels that turn a bit of what is not a quantized product. */
function spoiled({ kernels, memory }: Arena): Kernels[] {
  const { buffer } = memory;
  return [
    {
      ...kernels,
      matmulF32: (...call) => {
        kernels.matmulF32(...call);
        turnBit(buffer, call[5]);
      },
    },
    {
      ...kernels,
      attend: (...call) => {
        kernels.attend(...call);
        turnBit(buffer, new Uint32Array(buffer, call[0], 3)[2] as number);
      },
    },
    {
      ...kernels,
      activate: (...call) => {
        kernels.activate(...call);
        turnBit(buffer, call[5]);
      },
    },
    {
      ...kernels,
      logSumExp: (...call) => {
        kernels.logSumExp(...call);
        turnBit(buffer, call[3]);
      },
    },
  ];
}

describe("kernelsAgree", () => {
  it("finds the same kernels the same, on plain and on shared memory", async () => {
    expect(kernelsAgree(await Arena.create(), await Arena.create({ shared: true }))).toBe(true);
  });

  it("finds a single wrong bit in any kind of product, of several rows or of one", async () => {
    const [good, other] = [await Arena.create(), await Arena.create()];
    for (const name of ["matmulInt8", "matmulInt8Half", "matmulInt4"] as const) {
      for (const rows of [6, 5, 1]) {
        const kernels = spoiledProduct(other, name, rows);
        expect(kernelsAgree(good, { memory: other.memory, kernels })).toBe(false);
      }
    }
  });

  it("finds a single wrong bit in other kernels", async () => {
    const [good, other] = [await Arena.create(), await Arena.create()];
    for (const kernels of spoiled(other)) {
      expect(kernelsAgree(good, { memory: other.memory, kernels })).toBe(false);
    }
  });
});
