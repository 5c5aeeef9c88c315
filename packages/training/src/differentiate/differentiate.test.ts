import { type Graph, GraphBuilder } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { differentiate } from "./differentiate.js";

/** y = x Wᵀ, z = y Vᵀ, guess = argmax z; and u, on which nothing depends. */
function graph(): Graph {
  const builder = new GraphBuilder("two maps");
  const x = builder.input("x", ["batch", "rows", 4]);
  const [y] = builder.add("linear", "y", [x, builder.parameter("W", [3, 4])], { transposed: false }) as [string];
  const [z] = builder.add("linear", "z", [y, builder.parameter("V", [2, 3])], { transposed: false }) as [string];
  const [guess] = builder.add("argmax", "guess", [z], {}) as [string];
  builder.parameter("U", [2]);
  builder.output("z", z);
  builder.output("guess", guess);
  return builder.build();
}

const operations = ({ nodes }: Graph): string[] => nodes.map(({ op }) => op);

describe("differentiate", () => {
  it("keeps the graph's own nodes and outputs, and adds an output for each gradient", () => {
    const before = graph();
    const after = differentiate(before, { seeds: { z: "dz" }, parameters: ["W", "V"], inputs: ["x"] });
    expect(after.nodes.slice(0, before.nodes.length)).toEqual(before.nodes);
    expect(Object.keys(after.outputs)).toEqual(["z", "guess", "grad.W", "grad.V", "grad.x"]);
    expect(after.values.dz).toEqual({ shape: ["batch", "rows", 2], dtype: "f32" });
    expect(after.values[after.outputs["grad.x"] as string]?.shape).toEqual(["batch", "rows", 4]);
    expect(Object.keys(before.outputs)).toEqual(["z", "guess"]);
  });

  it("adds nothing for values that need no gradient", () => {
    const after = differentiate(graph(), { seeds: { z: "dz" }, parameters: ["V"] });
    expect(operations(after)).toEqual(["linear", "linear", "argmax", "outer"]);
  });

  it.each([
    ["a parameter that is not there", { seeds: { z: "dz" }, parameters: ["X"] }, "INVALID_ARGUMENT", "X"],
    ["an input that is not there", { seeds: { z: "dz" }, parameters: [], inputs: ["W"] }, "INVALID_ARGUMENT", "W"],
    ["a value that no seeded output depends on", { seeds: { z: "dz" }, parameters: ["U"] }, "INVALID_ARGUMENT", "U"],
    ["an output that is not there", { seeds: { y: "dy" }, parameters: ["W"] }, "INVALID_GRAPH", undefined],
    ["argmax", { seeds: { guess: "d" }, parameters: ["W"] }, "UNSUPPORTED", "guess"],
  ])("refuses %s", (_, options, code, subject) => {
    expect(() => differentiate(graph(), options)).toThrow(expect.objectContaining({ code, subject }));
  });

  it("refuses keys that are kept by head", () => {
    const builder = new GraphBuilder("cached");
    const q = builder.parameter("q", [1, 2, 4]);
    const keys = builder.parameter("keys", [1, 3, 4]);
    const inputs = [q, keys, builder.input("values", [1, 3, 4]), builder.input("bias", [1, 2, 3])] as const;
    const own = { own: "none", ownLength: 0, members: 1 } as const;
    const attributes = { heads: 1, kvHeads: 1, headSize: 4, sources: ["heads"], ...own } as const;
    builder.output("out", builder.add("attend", "out", inputs, attributes, 2)[0] as string);
    const options = { seeds: { out: "d" }, parameters: ["keys"] };
    expect(() => differentiate(builder.build(), options)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });
});
