import { plainModel, randomWeights } from "@anabranch/conformance/random";
import {
  type BackendModel,
  baseParameterShapes,
  DisposedError,
  type Graph,
  GraphBuilder,
  type ModelSpec,
  type ModelWeights,
  parameterNames,
  type WeightTensor,
} from "@anabranch/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GATHER_ROWS } from "../assembly/step-codes.js";
import { createWasmBackend } from "../src/index.js";
import { HEAP_LIMIT, Heap } from "../src/memory/heap.js";
import { heldTensors } from "../src/memory/held-tensors.js";
import { writeSteps } from "../src/plan/write-steps.js";
import { openWasmRuntime } from "../src/runtime/wasm-runtime.js";
import type { ThreadPool } from "../src/threads/thread-pool.js";
import { startPool } from "./start-pool.js";

/** A model of these sizes whose weights are there by shape alone: whoever reads a number of them fails. */
function hollow(spec: ModelSpec): ModelWeights {
  const tensors = new Map<string, WeightTensor>();
  for (const [name, shape] of baseParameterShapes(spec)) {
    const tensor = {
      format: "f32",
      shape,
      get data(): Float32Array {
        throw new Error(`${name} was read.`);
      },
    } as const;
    tensors.set(name, tensor);
  }
  return { spec, tensors };
}

function doubles(): Graph {
  const builder = new GraphBuilder("doubles");
  const [y] = builder.add("scale", "y", [builder.input("x", ["rows", 8])], { factor: 2 }) as [string];
  builder.output("y", y);
  return builder.build();
}

describe("what is too large", () => {
  const { spec } = plainModel;

  it.each([1, 2])(
    "is refused before a weight is read, where it is a model beyond 4 GiB (%i threads)",
    async (threads) => {
      const large = { ...spec, layers: 32, hiddenSize: 4096, mlpSize: 11_008, heads: 32, kvHeads: 32, headSize: 128 };
      await expect(createWasmBackend({ threads }).load(hollow(large))).rejects.toMatchObject({
        code: "UNSUPPORTED",
        subject: "memory",
        message: expect.stringMatching(/GiB does not fit into WebAssembly's memory of 4 GiB/),
        cure: expect.stringContaining("4-bit"),
      });
    },
  );

  it("is a context, where keys and values do not fit beside the rest; others still do", () => {
    const heap = new Heap(false);
    const tensors = heldTensors(heap, { copyRows: () => undefined });
    const { used } = heap;
    expect(() => tensors.allocate([8, 2 ** 20, 64], 2)).toThrow(
      expect.objectContaining({
        code: "CONTEXT_OVERFLOW",
        subject: "memory",
        cure: expect.stringContaining("Dispose"),
      }),
    );
    expect(heap.used).toBe(used);
    const small = tensors.allocate([2, 8, 4], 3);
    expect(small.map(({ data }) => [...data].every((value) => value === 0))).toEqual([true, true, true]);
    tensors.free(small);
    expect(heap.used).toBe(used);
  });

  it("is a pass, where its rows do not fit beside the rest; fewer still do", async () => {
    const runtime = await openWasmRuntime({ threads: 1, rowPrecision: "mixed" })(randomWeights(plainModel));
    const graph = await runtime.compile(doubles());
    const ones = (rows: number) => ({ x: { shape: [rows, 8], data: new Float32Array(8 * rows).fill(1) } });
    await graph.run(ones(3));
    const { heap } = (runtime as unknown as { readonly pool: ThreadPool }).pool;
    // Pages that nothing is written to cost no memory.
    const taken = heap.allocate(HEAP_LIMIT - heap.buffer.byteLength - 2 ** 20);
    const overflow = { code: "CONTEXT_OVERFLOW", subject: "memory", cure: expect.stringContaining("fewer rows") };
    await expect(graph.run(ones(2 ** 17))).rejects.toMatchObject(overflow);
    expect((await graph.run(ones(4)))["y"]?.data).toEqual(new Float32Array(32).fill(2));
    heap.free(taken);
    expect((await graph.run(ones(2 ** 17)))["y"]?.data).toHaveLength(2 ** 20);
    await graph.dispose();
    await runtime.dispose();
  });

  it("is the shape of a weight that has fewer numbers", async () => {
    const { tensors } = randomWeights(plainModel);
    const embedding = tensors.get(parameterNames.embedding) as WeightTensor & { format: "f32" };
    const short = { ...embedding, data: embedding.data.subarray(1) };
    const weights = { spec, tensors: new Map([...tensors, [parameterNames.embedding, short]]) };
    await expect(createWasmBackend({ threads: 1 }).load(weights)).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
      subject: parameterNames.embedding,
    });
  });
});

it.each([0, -2, 1.5])("refuses %s threads", async (threads) => {
  const loading = createWasmBackend({ threads }).load(randomWeights(plainModel));
  await expect(loading).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "threads" });
});

describe("after its end", () => {
  it("a graph refuses to run", async () => {
    const runtime = await openWasmRuntime({ threads: 2, rowPrecision: "mixed" })(randomWeights(plainModel));
    const graph = await runtime.compile(doubles());
    const inputs = { x: { shape: [1, 8], data: Float32Array.from({ length: 8 }, (_, index) => index) } };
    expect([...((await graph.run(inputs))["y"]?.data ?? [])]).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    await graph.dispose();
    await graph.dispose();
    await expect(graph.run(inputs)).rejects.toThrow(DisposedError);
    await runtime.dispose();
  });
});

describe("a kernel that traps", () => {
  let pool: ThreadPool;
  let heap: Heap;
  beforeEach(async () => {
    pool = await startPool(3);
    heap = pool.heap;
  });
  afterEach(() => pool.stop());

  /** Copies a row a thread, from wherever: an index far away is memory that is not there. */
  function gather(indices: readonly number[]): number {
    const at = heap.allocate(4 * indices.length);
    heap.ints(at, indices.length).set(indices);
    const [from, to] = [heap.allocate(64 * 3), heap.allocate(64 * indices.length)];
    heap.floats(from, 48).fill(1.5);
    const args = [from, 16, at, to];
    return writeSteps(heap, [{ code: GATHER_ROWS, args, units: indices.length, reads: [], writes: [] }], {
      threads: 3,
    });
  }
  const FAR = 2 ** 25;

  it.each([
    ["a worker", [0, FAR, 0]],
    ["the last worker", [0, 0, FAR]],
    ["the caller's thread", [FAR, 0, 0]],
    ["all threads", [FAR, FAR, FAR]],
  ])(
    "in %s ends the run with BackendFailedError, and every later one",
    async (_, indices) => {
      pool.run(gather([0, 1, 2]));
      const plan = gather(indices);
      const failure = expect.objectContaining({ code: "BACKEND_FAILED", subject: "wasm" });
      expect(() => pool.run(plan)).toThrow(failure);
      expect(() => pool.run(gather([0, 1, 2]))).toThrow(failure);
    },
    20_000,
  );
});

it("says what it cannot do where the engine has no shared memory, and runs on one thread", async () => {
  let model: BackendModel | undefined;
  vi.stubGlobal("SharedArrayBuffer", undefined);
  try {
    model = await createWasmBackend({ threads: 2 }).load(randomWeights(plainModel));
    expect(model.warnings).toEqual([expect.stringContaining("one thread")]);
    const sequence = await model.createSequence();
    const [result] = await model.pass([{ sequence, rows: [{ token: 1, parent: -1, read: { argmax: true } }] }]);
    expect(result?.rows[0]?.argmax).toBeTypeOf("number");
  } finally {
    vi.unstubAllGlobals();
    await model?.dispose();
  }
});
