import { AnabranchError } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { parseHeader } from "./header.js";

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

describe("parseHeader", () => {
  it("gives tensors in the order of the data, and metadata", () => {
    const text = JSON.stringify({
      b: f32([2], 4, 12),
      __metadata__: { k: "v" },
      a: f32([], 0, 4),
      empty: f32([0, 9], 4, 4),
    });
    const header = parseHeader(text, 12, "x");
    expect([...header.tensors.keys()]).toEqual(["a", "empty", "b"]);
    expect(header.metadata.get("k")).toBe("v");
  });

  it.each([
    ["no JSON", "{", "JSON"],
    ["an array", "[]", "object"],
    ["metadata that are no strings", JSON.stringify({ __metadata__: { n: 1 } }), '"n"'],
    ["metadata that are a list", JSON.stringify({ __metadata__: [] }), "__metadata__"],
    [
      "a key twice",
      '{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}',
      '"w"',
    ],
    [
      "a field twice, escaped otherwise",
      '{"w":{"dtype":"I8","shape":[8],"sh\\u0061pe":[8],"data_offsets":[0,8]}}',
      '"shape"',
    ],
    ["an unknown dtype", JSON.stringify({ w: { dtype: "F31", shape: [2], data_offsets: [0, 8] } }), '"w"'],
    [
      "a dtype from Object's prototype",
      JSON.stringify({ w: { dtype: "toString", shape: [2], data_offsets: [0, 8] } }),
      '"w"',
    ],
    ["a negative size", JSON.stringify({ w: f32([-1, -2], 0, 8) }), '"w"'],
    ["a fractional size", JSON.stringify({ w: f32([0.5, 4], 0, 8) }), '"w"'],
    ["a shape that overflows", JSON.stringify({ w: f32([2 ** 40, 2 ** 40], 0, 8) }), '"w"'],
    ["a shape beside its range", JSON.stringify({ w: f32([3], 0, 8) }), '"w"'],
    ["a reversed range", JSON.stringify({ w: f32([0], 8, 4) }), '"w"'],
    ["three offsets", JSON.stringify({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8, 8] } }), '"w"'],
    ["an unknown field", JSON.stringify({ w: { ...f32([2], 0, 8), stride: 1 } }), '"stride"'],
    ["a tensor that is null", JSON.stringify({ w: null }), '"w"'],
    ["a range past the end", JSON.stringify({ w: f32([3], 0, 12) }), '"w"'],
    ["a hole", JSON.stringify({ v: f32([], 0, 4), w: f32([], 5, 9) }), '"w"'],
    ["an overlap", JSON.stringify({ v: f32([], 0, 4), w: f32([], 2, 6) }), '"w"'],
    ["data left over", JSON.stringify({ w: f32([], 0, 4) }), "byte 4"],
  ])("refuses %s, naming file and place", (_, text, named) => {
    let caught: unknown;
    try {
      parseHeader(text, 8, "some.safetensors");
    } catch (error) {
      caught = error;
    }
    expect(AnabranchError.isInstance(caught, "INVALID_FILE")).toBe(true);
    expect((caught as Error).message).toContain("some.safetensors");
    expect((caught as Error).message).toContain(named);
  });

  it("checks a string of many megabytes", () => {
    const text = JSON.stringify({ __metadata__: { long: 'a"\\'.repeat(3_000_000) } });
    expect(parseHeader(text, 0, "x").metadata.get("long")).toHaveLength(9_000_000);
  });
});
