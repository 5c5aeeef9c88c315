import fc from "fast-check";
import type { GgufMetadata, GgufTensorType, GgufValue, GgufValueType, NewGgufTensor } from "../../src/index.js";

const number = (min: number, max: number) => fc.integer({ min, max });
const big = (min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));

const scalars: Readonly<Record<string, fc.Arbitrary<GgufValue>>> = {
  u8: number(0, 255),
  i8: number(-128, 127),
  u16: number(0, 65_535),
  i16: number(-32_768, 32_767),
  u32: number(0, 2 ** 32 - 1),
  i32: number(-(2 ** 31), 2 ** 31 - 1),
  f32: fc.float({ noNaN: true }),
  f64: fc.double({ noNaN: true }),
  bool: fc.boolean(),
  string: fc.string({ unit: "grapheme" }),
  u64: big(0n, 2n ** 64n - 1n),
  i64: big(-(2n ** 63n), 2n ** 63n - 1n),
};

interface Typed {
  readonly type: GgufValueType;
  readonly value: GgufValue;
}

const typed: fc.Arbitrary<Typed> = fc
  .tuple(fc.constantFrom(...Object.keys(scalars)), fc.nat({ max: 2 }))
  .chain(([name, depth]) => {
    let type = name;
    let values = scalars[name] as fc.Arbitrary<GgufValue>;
    // An empty array of arrays does not say what they are arrays of.
    for (let i = 0; i < depth; i++) {
      type = `${type}[]`;
      values = fc.array(values, { minLength: depth - 1, maxLength: 3 });
    }
    return values.map((value) => ({ type: type as GgufValueType, value }));
  });

export const ggufMetadata: fc.Arbitrary<GgufMetadata> = fc
  .tuple(fc.dictionary(fc.string(), typed, { noNullPrototype: true }), fc.constantFrom(undefined, 8, 64))
  .map(([entries, alignment]) => {
    const { "general.alignment": _, ...rest } = entries;
    const all: [string, Typed][] = Object.entries(rest);
    if (alignment !== undefined) all.push(["general.alignment", { type: "u32", value: alignment }]);
    return {
      metadata: new Map(all.map(([key, { value }]) => [key, value])),
      metadataTypes: new Map(all.map(([key, { type }]) => [key, type])),
    };
  });

/** Bytes of a type's block, and its weights. */
const blocks: readonly (readonly [GgufTensorType, weights: number, bytes: number])[] = [
  ["F32", 1, 4],
  ["F16", 1, 2],
  ["Q8_0", 32, 34],
  ["Q4_K", 256, 144],
  ["IQ4_NL", 32, 18],
];

export const ggufTensorList: fc.Arbitrary<NewGgufTensor[]> = fc.uniqueArray(
  fc
    .tuple(
      fc.string({ minLength: 1 }),
      fc.constantFrom(...blocks),
      fc.array(number(1, 3), { maxLength: 3 }),
      number(1, 2),
    )
    .chain(([name, [type, weights, bytes], outer, inner]) => {
      const length = outer.reduce((product, size) => product * size, inner) * bytes;
      return fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((data) => ({ name, type, shape: [...outer, inner * weights], bytes: data }));
    }),
  { selector: ({ name }) => name, maxLength: 5 },
);
