import { describe, expect, it } from "vitest";
import { type Graph, GraphBuilder, referenceRuntime, type Tensor, type WeightTensor } from "../../src/index.js";
import { real, whole } from "../support/tensors.js";

/** hidden = table[tokens]; logits = hidden W^T; best = argmax(logits); members = pick of grouped hidden states. */
function smallGraph(): Graph {
  const builder = new GraphBuilder("small");
  const tokens = builder.input("tokens", ["batch", "rows"], "i32");
  const groups = builder.input("groups", ["batch", "rows*2", 2]);
  const table = builder.parameter("table", [3, 2]);
  const weight = builder.parameter("weight", [4, 2]);
  const [hidden] = builder.add("embed", "embedded", [table, tokens], {}) as [string];
  const [first] = builder.add("pick", "first", [groups], { members: 2, from: 0, to: 1 }) as [string];
  const [sum] = builder.add("add", "sum", [hidden, first], { scale: 1 }) as [string];
  const [logits] = builder.add("linear", "scores", [sum, weight], { transposed: false }) as [string];
  const [best] = builder.add("argmax", "best", [logits], {}) as [string];
  for (const [name, value] of Object.entries({ hidden, logits, best })) builder.output(name, value);
  return builder.build();
}

const table = { format: "f32", shape: [3, 2], data: Float32Array.from([0, 0, 1, 0, 0, 1]) } as const;
const weight = { format: "f32", shape: [4, 2], data: Float32Array.from([0, 0, 1, 0, 0, 1, -1, -1]) } as const;
const constants = new Map<string, WeightTensor>([
  ["table", table],
  ["weight", weight],
]);
const inputs = { tokens: whole([1, 2], [1, 2]), groups: real([1, 4, 2], [0, 0, 9, 9, 0, 1, 9, 9]) };

describe("referenceRuntime", () => {
  it("computes all outputs, real ones in float64 and indices as whole numbers", async () => {
    const compiled = await referenceRuntime.compile(smallGraph(), { constants });
    const outputs = await compiled.run(inputs);
    expect(outputs).toEqual({
      hidden: real([1, 2, 2], [1, 0, 0, 1]),
      logits: real([1, 2, 4], [0, 1, 0, -1, 0, 0, 2, -2]),
      best: whole([1, 2], [1, 2]),
    });
  });

  it("takes parameters that are not constant with every run", async () => {
    const compiled = await referenceRuntime.compile(smallGraph(), { constants: new Map([["table", table]]) });
    const doubled: Tensor = { shape: [4, 2], data: weight.data.map((value) => 2 * value) };
    const { logits } = await compiled.run({ ...inputs, weight: doubled });
    expect([...(logits as Tensor).data]).toEqual([0, 2, 0, -2, 0, 0, 4, -4]);
    await expect(compiled.run(inputs)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "weight" });
  });

  it("reads 8-bit constants", async () => {
    const int8 = {
      format: "int8-block",
      shape: [4, 2],
      data: Int8Array.from([0, 0, 4, 0, 0, 8, -4, -8]),
      blockSize: 1,
      scales: Float32Array.from([1, 1, 0.25, 1, 1, 0.125, 0.25, 0.125]),
    } as const;
    const compiled = await referenceRuntime.compile(smallGraph(), {
      constants: new Map<string, WeightTensor>([...constants, ["weight", int8]]),
    });
    expect((await compiled.run(inputs)).logits).toEqual(real([1, 2, 4], [0, 1, 0, -1, 0, 0, 2, -2]));
  });

  it("computes only the outputs asked for", async () => {
    const outputs = ["hidden"];
    const compiled = await referenceRuntime.compile(smallGraph(), { constants, outputs });
    expect(Object.keys(await compiled.run(inputs))).toEqual(outputs);
    const unknown = referenceRuntime.compile(smallGraph(), { outputs: ["states"] });
    await expect(unknown).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "states" });
  });

  it("writes into the caller's tensors", async () => {
    const compiled = await referenceRuntime.compile(smallGraph(), { constants });
    const logits: Tensor = { shape: [1, 2, 4], data: new Float32Array(8) };
    const outputs = await compiled.run(inputs, { logits });
    expect(outputs.logits).toBe(logits);
    expect([...logits.data]).toEqual([0, 1, 0, -1, 0, 0, 2, -2]);
    const wrong = compiled.run(inputs, { logits: { shape: [2, 4], data: new Float32Array(8) } });
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "logits" });
  });

  it.each<[string, string, Record<string, Tensor | undefined>]>([
    ["is missing", "groups", { groups: undefined }],
    ["is not the graph's", "mask", { mask: real([1], [0]) }],
    ["is given though it is constant", "weight", { weight }],
    ["has another rank", "tokens", { tokens: whole([2], [1, 2]) }],
    ["has another fixed axis", "groups", { groups: real([1, 4, 1], [0, 0, 0, 0]) }],
    ["disagrees with another on a symbol", "groups", { groups: real([1, 2, 2], [0, 0, 0, 0]) }],
    ["is no whole number of groups", "groups", { groups: real([1, 3, 2], [0, 0, 0, 0, 0, 0]) }],
    ["has too few numbers", "groups", { groups: real([1, 4, 2], [0]) }],
    ["is real in place of whole", "tokens", { tokens: real([1, 2], [1, 2]) }],
    ["is whole in place of real", "groups", { groups: whole([1, 4, 2], [0, 0, 0, 0, 0, 0, 0, 0]) }],
  ])("refuses an input that %s, by name: %s", async (_, subject, change) => {
    const compiled = await referenceRuntime.compile(smallGraph(), { constants });
    const given = Object.entries({ ...inputs, ...change }).filter(([, tensor]) => tensor !== undefined);
    const run = compiled.run(Object.fromEntries(given) as Record<string, Tensor>);
    await expect(run).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject });
    await expect(run).rejects.toThrow(subject);
  });

  it("refuses a constant of another shape", async () => {
    const wrong = new Map([["table", { ...table, shape: [2, 3] }]]);
    const compile = referenceRuntime.compile(smallGraph(), { constants: wrong });
    await expect(compile).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "table" });
  });

  it("refuses to run once disposed", async () => {
    const compiled = await referenceRuntime.compile(smallGraph(), { constants });
    await compiled.dispose();
    await expect(compiled.run(inputs)).rejects.toMatchObject({ code: "DISPOSED" });
  });
});
