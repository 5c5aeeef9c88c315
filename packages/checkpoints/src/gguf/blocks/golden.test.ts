import { describe, expect, it } from "vitest";
import type { GgufTensorType } from "../tensor-type.js";
import { blockOf } from "../tensor-type.js";
import { blockDecoders } from "./index.js";

/** Halves, little-endian. */
const HALF = [0x00, 0x38];
const ONE = [0x00, 0x3c];
const MINUS_ONE = [0x00, 0xbc];
const TWO = [0x00, 0x40];

/** A block of zeros with some bytes set: place to bytes. */
function block(type: GgufTensorType, parts: Record<number, readonly number[]>): Uint8Array {
  const bytes = new Uint8Array(blockOf(type).bytes);
  for (const [at, values] of Object.entries(parts)) bytes.set(values, Number(at));
  return bytes;
}

/** What the block should give: one value for all weights but those listed by their place. */
function weights(type: GgufTensorType, all: number, others: Record<number, number>): number[] {
  return Array.from({ length: blockOf(type).weights }, (_, i) => others[i] ?? all);
}

function decode(type: GgufTensorType, bytes: Uint8Array): number[] {
  const out = new Float32Array(blockOf(type).weights + 2);
  blockDecoders[type]?.(bytes, out, 1);
  expect([out[0], out.at(-1)], "neighbours are left alone").toEqual([0, 0]);
  return [...out.subarray(1, -1)];
}

/**
 * K scales: group 0 has scale 3 and minimum 5 (bytes 0 and 4, low 6 bits), group 4 has scale 26 = 1 << 4 | 10 and minimum
 * 39 = 2 << 4 | 7 (nibbles of byte 8; top bits from bytes 0 and 4); all others 0.
 */
const kScales = { 4: [0b01_000011], 8: [0b10_000101], 12: [0x7a] };

describe("blocks written by hand from ggml's definition", () => {
  it.each<[GgufTensorType, Uint8Array, number[]]>([
    ["F32", Uint8Array.of(0, 0, 0xc0, 0xbf), [-1.5]],
    ["F16", Uint8Array.of(...HALF), [0.5]],
    ["BF16", Uint8Array.of(0xc0, 0xbf), [-1.5]],
    [
      "Q8_0",
      block("Q8_0", { 0: HALF, 2: [0x80, 0x7f], 33: [0xff] }),
      weights("Q8_0", 0, { 0: -64, 1: 63.5, 31: -0.5 }),
    ],
    [
      "Q4_0",
      block("Q4_0", { 0: TWO, 2: [0xf0, ...new Array(14).fill(0x88), 0x18] }),
      weights("Q4_0", 0, { 0: -16, 16: 14, 31: -14 }),
    ],
    ["Q4_1", block("Q4_1", { 0: [...HALF, ...MINUS_ONE, 0x2f] }), weights("Q4_1", -1, { 0: 6.5, 16: 0 })],
    [
      "Q5_0",
      block("Q5_0", { 0: [...ONE, 0x01, 0, 0, 0x80, 0x01], 21: [0xf0] }),
      weights("Q5_0", -16, { 0: 1, 31: 15 }),
    ],
    ["Q5_1", block("Q5_1", { 0: [...ONE, ...TWO, 0x02, 0, 0x01, 0, 0x30] }), weights("Q5_1", 2, { 1: 18, 16: 21 })],
    [
      "Q4_K",
      block("Q4_K", { 0: [...ONE, ...HALF], ...kScales, 16: [0xf1], [16 + 64]: [0x02] }),
      weights("Q4_K", 0, { ...group(0, -2.5), 0: 0.5, ...group(4, -19.5), 128: 32.5 }),
    ],
    [
      "Q5_K",
      block("Q5_K", { 0: [...ONE, ...HALF], ...kScales, 16: [0b0001_0001], 48: [0xf1], [48 + 64]: [0x02] }),
      weights("Q5_K", 0, { ...group(0, -2.5), 0: 48.5, ...group(4, -19.5), 128: 448.5 }),
    ],
    [
      "Q6_K",
      block("Q6_K", {
        0: [0x51],
        32: [0x73],
        64: [0x0f],
        128: [0b11_10_01_00],
        160: [0b11],
        192: [2, 0xff, 3, 0, 0x80, 0, 127, 0, 1],
        208: ONE,
      }),
      weights("Q6_K", 0, {
        ...span(0, 16, -32 * 2),
        0: (1 - 32) * 2,
        ...span(16, 32, 32),
        ...span(32, 48, -32 * 3),
        32: (0x13 - 32) * 3,
        ...span(64, 80, -32 * -128),
        64: (0x25 - 32) * -128,
        ...span(96, 112, -32 * 127),
        96: (0x37 - 32) * 127,
        ...span(128, 144, -32),
        128: 63 - 32,
      }),
    ],
  ])("%s", (type, bytes, expected) => {
    expect(decode(type, bytes).map((value) => value + 0)).toEqual(expected);
  });
});

function span(from: number, to: number, value: number): Record<number, number> {
  return Object.fromEntries(Array.from({ length: to - from }, (_, i) => [from + i, value]));
}

/** The 32 weights of a K group. */
function group(index: number, value: number): Record<number, number> {
  return span(32 * index, 32 * (index + 1), value);
}
