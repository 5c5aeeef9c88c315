import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeSafetensors, type NewTensor, openSafetensors } from "../src/index.js";
import { bits, floats } from "./support/arbitrary-model.js";
import { CountedSource } from "./support/counted-source.js";
import { damage, damages } from "./support/damage.js";
import { rejection } from "./support/rejection.js";

const shapes = fc.array(fc.nat({ max: 5 }), { maxLength: 3 });

const tensors: fc.Arbitrary<Map<string, NewTensor>> = fc
  .dictionary(
    fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__"),
    fc.tuple(shapes, fc.boolean(), fc.integer()),
  )
  .map((made) => {
    const named = new Map<string, NewTensor>();
    for (const [name, [shape, float, seed]] of Object.entries(made)) {
      const data = floats(
        shape.reduce((product, size) => product * size, 1),
        "any bits",
        seed,
      );
      named.set(name, { shape, data: float ? data : Int8Array.from(data, (_, i) => (seed + i * 7) | 0) });
    }
    return named;
  });

const metadata = fc.dictionary(fc.string(), fc.string());

/** A file as other tools write it: no checksums. */
function foreignFile(entries: object, data: Uint8Array): Uint8Array {
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Uint8Array.from(Buffer.concat([length, header, data]));
}

async function readAll(bytes: Uint8Array): Promise<void> {
  const file = await openSafetensors(bytes);
  for (const name of file.tensors.keys()) await file.read(name);
}

describe("safetensors", () => {
  it("reads back bit for bit what was written, the same bytes for the same tensors", async () => {
    await fc.assert(
      fc.asyncProperty(tensors, metadata, async (given, notes) => {
        const bytes = await encodeSafetensors(given, notes);
        const file = await openSafetensors(bytes);
        expect(file.checksummed).toBe(true);
        expect([...file.tensors.keys()].sort()).toEqual([...given.keys()].sort());
        for (const [name, { shape, data }] of given) {
          const entry = file.tensors.get(name);
          expect(entry?.shape).toEqual(shape);
          expect((entry?.begin ?? 1) % data.BYTES_PER_ELEMENT).toBe(0);
          expect(bits(await file.read(name)).equals(bits(data))).toBe(true);
        }
        for (const [key, text] of Object.entries(notes)) expect(file.metadata.get(key)).toBe(text);
        expect(bits(new Int8Array(await encodeSafetensors(new Map([...given].reverse()), notes)))).toEqual(
          bits(new Int8Array(bytes)),
        );
      }),
    );
  });

  it("reads a tensor by its range alone", async () => {
    const bytes = await encodeSafetensors(
      new Map([
        ["large", { shape: [100_000], data: new Float32Array(100_000) }],
        ["small", { shape: [3], data: Float32Array.of(1, 2, 3) }],
      ]),
    );
    const source = new CountedSource(bytes);
    const file = await openSafetensors(source);
    expect([...(await file.read("small"))]).toEqual([1, 2, 3]);
    expect(source.bytesRead).toBeLessThan(2_000);
  });

  it("reads bytes, Blobs and a Buffer at an odd place alike, and does not hand out the caller's memory", async () => {
    const bytes = await encodeSafetensors(new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]));
    const odd = Buffer.concat([Buffer.of(0), bytes]).subarray(1);
    for (const input of [bytes, new Blob([bytes as Uint8Array<ArrayBuffer>]), odd]) {
      const file = await openSafetensors(input);
      const data = await file.read("w");
      expect([...data]).toEqual([1, 2]);
      data[0] = 9;
      expect([...(await file.read("w"))]).toEqual([1, 2]);
    }
  });

  it("widens float16 and bfloat16, and refuses other types only when they are read", async () => {
    const entries = {
      half: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
      brain: { dtype: "BF16", shape: [1], data_offsets: [4, 6] },
      long: { dtype: "I64", shape: [1], data_offsets: [6, 14] },
    };
    const file = await openSafetensors(
      foreignFile(entries, Uint8Array.of(0, 0x3c, 0, 0xc0, 0x80, 0x3f, ...Array(8).fill(0))),
    );
    expect(file.checksummed).toBe(false);
    expect([...(await file.read("half"))]).toEqual([1, -2]);
    expect([...(await file.read("brain"))]).toEqual([1]);
    await expect(file.read("long")).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining('"long"'),
    });
    await expect(file.read("none")).rejects.toMatchObject({ code: "MISSING_TENSOR", subject: "none" });
  });

  it("refuses to write what could not be read", async () => {
    const one = { shape: [1], data: new Float32Array(1) };
    const bad: [Map<string, NewTensor>, Record<string, string>][] = [
      [new Map([["__metadata__", one]]), {}],
      [new Map([["w", { ...one, shape: [2] }]]), {}],
      [new Map([["w", { ...one, shape: [-1, -1] }]]), {}],
      [new Map([["w", one]]), { "anabranch.header_sha256": "mine" }],
    ];
    for (const [given, notes] of bad) {
      await expect(encodeSafetensors(given, notes)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
  });

  it("finds every flipped bit of a small file", async () => {
    const bytes = await encodeSafetensors(new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]), { note: "x" });
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const error = await rejection(
          readAll(damage(bytes, { kind: "flip", at: at / bytes.length, bit }) as Uint8Array),
        );
        expect(AnabranchError.isInstance(error), `bit ${bit} of byte ${at}: ${String(error)}`).toBe(true);
      }
    }
  });

  it("finds any damage to a file of ours, as a typed error (500 cases)", async () => {
    await fc.assert(
      fc.asyncProperty(tensors, damages, async (given, how) => {
        const damaged = damage(await encodeSafetensors(given), how);
        if (damaged === undefined) return;
        const error = await rejection(readAll(damaged));
        expect(AnabranchError.isInstance(error), String(error)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("survives any damage to a foreign file: it reads, or gives a typed error (500 cases)", async () => {
    const entries = {
      __metadata__: { format: "pt" },
      a: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
      b: { dtype: "BF16", shape: [4], data_offsets: [24, 32] },
    };
    const bytes = foreignFile(entries, new Uint8Array(32).fill(7));
    const refused = { count: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          damages.map((how) => damage(bytes, how) ?? bytes),
          fc.uint8Array(),
        ),
        async (damaged) => {
          const error = await rejection(readAll(damaged));
          if (error === undefined) return;
          refused.count++;
          expect(AnabranchError.isInstance(error), String(error)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
    expect(refused.count).toBeGreaterThan(100);
  });
});
