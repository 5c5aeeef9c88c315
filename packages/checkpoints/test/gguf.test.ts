import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeaderWriter } from "../src/gguf/write/header-writer.js";
import { encodeBlocks, encodeGguf, type GgufMetadata, openGguf } from "../src/index.js";
import { ggufMetadata, ggufTensorList } from "./support/arbitrary-gguf.js";
import { CountedSource } from "./support/counted-source.js";
import { rejection } from "./support/rejection.js";

const none: GgufMetadata = { metadata: new Map(), metadataTypes: new Map() };

const f32Tensor = (name: string, count: number) => ({
  name,
  type: "F32" as const,
  shape: [count],
  bytes: encodeBlocks("F32", new Float32Array(count)),
});

/** A header by hand: whatever a test wants to be wrong. Zeros follow as data. */
function fileOf(tensorCount: number, pairCount: number, write: (header: HeaderWriter) => void, dataBytes = 0) {
  const header = new HeaderWriter();
  header.u32(0x46554747);
  header.u32(3);
  header.u64(tensorCount);
  header.u64(pairCount);
  write(header);
  header.align(32);
  return Uint8Array.from([...header.bytes, ...new Uint8Array(dataBytes)]);
}

function tensorInfo(header: HeaderWriter, name: string, dims: readonly number[], type: number, offset: number): void {
  header.string(name);
  header.u32(dims.length);
  for (const size of dims) header.u64(size);
  header.u32(type);
  header.u64(offset);
}

describe("GGUF", () => {
  it("reads back what was written: every type of value, every byte of every tensor", async () => {
    await fc.assert(
      fc.asyncProperty(ggufMetadata, ggufTensorList, async (given, tensors) => {
        const file = await openGguf(encodeGguf(given, tensors));
        expect(file.version).toBe(3);
        expect(file.metadata).toEqual(given.metadata);
        expect(file.metadataTypes).toEqual(given.metadataTypes);
        expect([...file.tensors.keys()]).toEqual(tensors.map(({ name }) => name));
        for (const { name, type, shape, bytes } of tensors) {
          expect(file.tensors.get(name)).toMatchObject({ type, shape });
          expect((file.tensors.get(name)?.begin ?? 1) % file.alignment).toBe(0);
          expect(await file.readBytes(name)).toEqual(bytes);
        }
      }),
    );
  });

  it("reads a header of hundreds of thousands of words, and then a tensor by its range alone", async () => {
    const words = Array.from({ length: 300_000 }, (_, i) => `Ġword${i}`);
    const metadata: GgufMetadata = {
      metadata: new Map<string, string[]>([["tokenizer.ggml.tokens", words]]),
      metadataTypes: new Map([["tokenizer.ggml.tokens", "string[]" as const]]),
    };
    const bytes = encodeGguf(metadata, [f32Tensor("large", 10_000_000), f32Tensor("small", 3)]);
    const source = new CountedSource(bytes);
    const file = await openGguf(source);
    expect((file.metadata.get("tokenizer.ggml.tokens") as string[]).join() === words.join()).toBe(true);
    await file.readFloats("small");
    expect(source.bytesRead).toBeLessThan(bytes.length / 2);
  });

  it("reads version 2", async () => {
    const bytes = encodeGguf(none, [f32Tensor("w", 2)]);
    bytes[4] = 2;
    expect((await openGguf(bytes)).version).toBe(2);
  });

  const patched = (at: number, values: readonly number[]) => {
    const bytes = encodeGguf(none, [f32Tensor("w", 2)]);
    bytes.set(values, at);
    return bytes;
  };
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

  it.each<[string, string, string, Uint8Array]>([
    ["an empty file", "INVALID_FILE", "0 bytes", new Uint8Array()],
    ["another magic", "INVALID_FILE", "GGUF", patched(0, [0x47, 0x47, 0x4d, 0x4c])],
    ["version 1", "UNSUPPORTED", "version 1", patched(4, [1])],
    ["big-endian", "UNSUPPORTED", "big-endian", patched(4, [0, 0, 0, 3])],
    ["a huge number of tensors", "INVALID_FILE", "count", patched(8, huge)],
    ["a huge number of keys", "INVALID_FILE", "count", patched(16, huge)],
    ["a name of huge length", "INVALID_FILE", "count", patched(24, huge)],
    ["a file that ends in its header", "INVALID_FILE", "it has 40", patched(0, []).slice(0, 40)],
    ["a tensor past the end", "INVALID_FILE", '"w"', patched(0, []).slice(0, -1 - 24)],
    [
      "a string value of huge length",
      "INVALID_FILE",
      '"some.key"',
      fileOf(0, 1, (header) => {
        header.string("some.key");
        header.u32(8);
        header.u64(2n ** 62n);
      }),
    ],
    [
      "an array of huge length",
      "INVALID_FILE",
      '"some.key"',
      fileOf(0, 1, (header) => {
        header.string("some.key");
        header.u32(9);
        header.u32(4);
        header.u64(2n ** 40n);
      }),
    ],
    [
      "arrays in arrays without end",
      "INVALID_FILE",
      '"some.key"',
      fileOf(0, 1, (header) => {
        header.string("some.key");
        for (let i = 0; i < 10; i++) {
          header.u32(9);
          if (i > 0) header.u64(1);
        }
      }),
    ],
    [
      "an unknown type of value",
      "INVALID_FILE",
      '"some.key"',
      fileOf(0, 1, (header) => {
        header.string("some.key");
        header.u32(13);
      }),
    ],
    [
      "a key that stands twice",
      "INVALID_FILE",
      '"some.key" stands twice',
      fileOf(0, 2, (header) => {
        for (const value of [1, 2]) {
          header.string("some.key");
          header.value("some.key", "u32", value);
        }
      }),
    ],
    [
      "an alignment of 24",
      "INVALID_FILE",
      '"general.alignment"',
      fileOf(0, 1, (header) => {
        header.string("general.alignment");
        header.value("", "u32", 24);
      }),
    ],
    [
      "a tensor that stands twice",
      "INVALID_FILE",
      'tensor "w" stands twice',
      fileOf(2, 0, (header) => [0, 32].map((offset) => tensorInfo(header, "w", [1], 0, offset)), 64),
    ],
    [
      "tensors that overlap",
      "INVALID_FILE",
      'tensor "v" overlaps "w"',
      fileOf(
        2,
        0,
        (header) => {
          tensorInfo(header, "w", [9], 0, 0);
          tensorInfo(header, "v", [1], 0, 32);
        },
        64,
      ),
    ],
    [
      "an offset between two places",
      "INVALID_FILE",
      "no multiple of the alignment 32",
      fileOf(1, 0, (header) => tensorInfo(header, "w", [1], 0, 16), 64),
    ],
    [
      "rows that are no whole blocks",
      "INVALID_FILE",
      "no multiple of Q8_0's 32",
      fileOf(1, 0, (header) => tensorInfo(header, "w", [33], 8, 0), 64),
    ],
    [
      "a withdrawn type of tensor",
      "INVALID_FILE",
      '"w" is of type 4',
      fileOf(1, 0, (header) => tensorInfo(header, "w", [32], 4, 0), 64),
    ],
    [
      "five dimensions",
      "INVALID_FILE",
      '"w"',
      fileOf(1, 0, (header) => tensorInfo(header, "w", [1, 1, 1, 1, 1], 0, 0)),
    ],
    ["no rows", "INVALID_FILE", '"w"', fileOf(1, 0, (header) => tensorInfo(header, "w", [32, 0], 0, 0))],
    [
      "more weights than numbers can count",
      "INVALID_FILE",
      '"w"',
      fileOf(1, 0, (header) => tensorInfo(header, "w", [2 ** 40, 2 ** 40, 2 ** 40], 0, 0)),
    ],
  ])("refuses %s", async (_, code, named, bytes) => {
    const error = await rejection(openGguf(bytes));
    expect(AnabranchError.isInstance(error, code), String(error)).toBe(true);
    const chain = [error, (error as Error).cause].map(String).join();
    expect(chain).toContain(named);
  });

  it("lists a tensor whose blocks it cannot decode, and refuses to read it by name and type", async () => {
    const bytes = new Uint8Array(66);
    const file = await openGguf(encodeGguf(none, [{ name: "w", type: "IQ2_XXS", shape: [256], bytes }]));
    const error = await rejection(file.readFloats("w"));
    expect(AnabranchError.isInstance(error, "UNSUPPORTED")).toBe(true);
    expect((error as Error).message).toMatch(/"w" is IQ2_XXS/);
    expect(AnabranchError.isInstance(await rejection(file.readFloats("v")), "MISSING_TENSOR")).toBe(true);
  });

  it("keeps a Q8_0 matrix as it is: integers, -128 too, and half scales", async () => {
    const block = [0x00, 0x38, 0x80, ...new Array(31).fill(0x7f)];
    const bytes = Uint8Array.from([...block, ...block, ...block, ...block]);
    const file = await openGguf(encodeGguf(none, [{ name: "w", type: "Q8_0", shape: [2, 64], bytes }]));
    const row = [-128, ...new Array(31).fill(127), -128, ...new Array(31).fill(127)];
    expect(await file.readWeight("w")).toEqual({
      format: "int8-block",
      shape: [2, 64],
      data: Int8Array.from([...row, ...row]),
      blockSize: 32,
      scales: Float32Array.of(0.5, 0.5, 0.5, 0.5),
    });
    expect((await file.readFloats("w")).data.slice(0, 2)).toEqual(Float32Array.of(-64, 63.5));
  });
});

describe("encodeBlocks", () => {
  it("Q8_0: every weight within half a scale and the scale's rounding, a block's largest as ±127", async () => {
    const rows = fc.float32Array({ minLength: 64, maxLength: 64, min: -100, max: 100, noNaN: true });
    await fc.assert(
      fc.asyncProperty(rows, async (data) => {
        const bytes = encodeBlocks("Q8_0", data);
        const file = await openGguf(encodeGguf(none, [{ name: "w", type: "Q8_0", shape: [2, 32], bytes }]));
        const { data: back } = await file.readFloats("w");
        for (const [i, value] of data.entries()) {
          const largest = data
            .slice(i - (i % 32), i - (i % 32) + 32)
            .reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          // A scale is a half: 11 bits, or 2^-25 where it is subnormal.
          const scaleError = Math.max((largest / 127) * 2 ** -11, 2 ** -25);
          expect(Math.abs((back[i] as number) - value)).toBeLessThanOrEqual(
            (largest / 127) * 0.5001 + 127 * scaleError,
          );
        }
      }),
    );
  });

  it("refuses what is not finite, and rows that are no blocks", () => {
    expect(() => encodeBlocks("Q8_0", new Float32Array(32).fill(Number.NaN))).toThrow(
      expect.objectContaining({ code: "NOT_FINITE" }),
    );
    expect(() => encodeBlocks("Q8_0", new Float32Array(31))).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
