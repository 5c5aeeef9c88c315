import type { GgufTensorType } from "../../src/index.js";

/** What a block is made of; how its weights follow from it is in `weightsOf`. */
export interface BlockParts {
  /** Halves, as bits. */
  readonly d: number;
  readonly m: number;
  /** [weights], unsigned as stored */
  readonly quants: readonly number[];
  /** [groups]: of K blocks */
  readonly scales: readonly number[];
  readonly minima: readonly number[];
}

export interface BlockFormat {
  readonly weights: number;
  readonly bits: number;
  /** Groups with a scale of their own, and that scale's range. */
  readonly groups: number;
  readonly scaleRange: readonly [number, number];
  /** A weight from d, m, its quant, and its group's scale and minimum. */
  weight(d: number, m: number, q: number, scale: number, minimum: number): number;
  encode(parts: BlockParts): number[];
}

const half = (bits: number): number[] => [bits & 255, bits >> 8];

/** 16 bytes: the low nibbles of weights 0..15, those of 16..31 above them. */
const nibbles32 = (q: readonly number[]): number[] =>
  Array.from({ length: 16 }, (_, i) => ((q[i] as number) & 15) | (((q[i + 16] as number) & 15) << 4));

/** 4 bytes, little-endian: bit i is the fifth bit of weight i. */
const fifthBits32 = (q: readonly number[]): number[] =>
  Array.from({ length: 4 }, (_, byte) =>
    Array.from({ length: 8 }, (_, bit) => (((q[8 * byte + bit] as number) >> 4) & 1) << bit).reduce((a, b) => a | b, 0),
  );

/** 128 bytes: in each 64 weights, byte i has weight i below and weight i + 32 above. */
const nibbles256 = (q: readonly number[]): number[] =>
  Array.from({ length: 128 }, (_, byte) => {
    const first = 64 * Math.floor(byte / 32) + (byte % 32);
    return ((q[first] as number) & 15) | (((q[first + 32] as number) & 15) << 4);
  });

/** 32 bytes: bit g of byte i is the fifth bit of weight i of group g. */
const fifthBits256 = (q: readonly number[]): number[] =>
  Array.from({ length: 32 }, (_, i) =>
    Array.from({ length: 8 }, (_, group) => (((q[32 * group + i] as number) >> 4) & 1) << group).reduce(
      (a, b) => a | b,
    ),
  );

function kScales(scales: readonly number[], minima: readonly number[]): number[] {
  const s = scales as number[];
  const m = minima as number[];
  const first = [0, 1, 2, 3].map((g) => (s[g] as number) | (((s[g + 4] as number) >> 4) << 6));
  const second = [0, 1, 2, 3].map((g) => (m[g] as number) | (((m[g + 4] as number) >> 4) << 6));
  const third = [4, 5, 6, 7].map((g) => ((s[g] as number) & 15) | (((m[g] as number) & 15) << 4));
  return [...first, ...second, ...third];
}

function q6Low(q: readonly number[]): number[] {
  return Array.from({ length: 128 }, (_, byte) => {
    const first = 128 * Math.floor(byte / 64) + (byte % 64);
    return ((q[first] as number) & 15) | (((q[first + 64] as number) & 15) << 4);
  });
}

function q6High(q: readonly number[]): number[] {
  return Array.from({ length: 64 }, (_, byte) => {
    const first = 128 * Math.floor(byte / 32) + (byte % 32);
    return [0, 32, 64, 96].reduce((bits, step, k) => bits | (((q[first + step] as number) >> 4) << (2 * k)), 0);
  });
}

const simple = { weights: 32, groups: 1, scaleRange: [0, 0] } as const;
const k = { weights: 256, groups: 8, scaleRange: [0, 63] } as const;

export const blockFormats: Readonly<Partial<Record<GgufTensorType, BlockFormat>>> = {
  Q8_0: {
    ...simple,
    bits: 8,
    weight: (d, _, q) => d * ((q << 24) >> 24),
    encode: ({ d, quants }) => [...half(d), ...quants],
  },
  Q4_0: {
    ...simple,
    bits: 4,
    weight: (d, _, q) => d * (q - 8),
    encode: ({ d, quants }) => [...half(d), ...nibbles32(quants)],
  },
  Q4_1: {
    ...simple,
    bits: 4,
    weight: (d, m, q) => d * q + m,
    encode: ({ d, m, quants }) => [...half(d), ...half(m), ...nibbles32(quants)],
  },
  Q5_0: {
    ...simple,
    bits: 5,
    weight: (d, _, q) => d * (q - 16),
    encode: ({ d, quants }) => [...half(d), ...fifthBits32(quants), ...nibbles32(quants)],
  },
  Q5_1: {
    ...simple,
    bits: 5,
    weight: (d, m, q) => d * q + m,
    encode: ({ d, m, quants }) => [...half(d), ...half(m), ...fifthBits32(quants), ...nibbles32(quants)],
  },
  Q4_K: {
    ...k,
    bits: 4,
    weight: (d, m, q, scale, minimum) => d * scale * q - m * minimum,
    encode: ({ d, m, quants, scales, minima }) => [
      ...half(d),
      ...half(m),
      ...kScales(scales, minima),
      ...nibbles256(quants),
    ],
  },
  Q5_K: {
    ...k,
    bits: 5,
    weight: (d, m, q, scale, minimum) => d * scale * q - m * minimum,
    encode: ({ d, m, quants, scales, minima }) => [
      ...half(d),
      ...half(m),
      ...kScales(scales, minima),
      ...fifthBits256(quants),
      ...nibbles256(quants),
    ],
  },
  Q6_K: {
    weights: 256,
    groups: 16,
    scaleRange: [-128, 127],
    bits: 6,
    weight: (d, _, q, scale) => d * scale * (q - 32),
    encode: ({ d, quants, scales }) => [...q6Low(quants), ...q6High(quants), ...scales.map((s) => s & 255), ...half(d)],
  },
};
