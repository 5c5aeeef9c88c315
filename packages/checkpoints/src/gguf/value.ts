/** One value of a GGUF file's metadata. 64-bit integers are numbers where a number holds them exactly, bigints otherwise. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** The scalar types in the order of their numbers in the file; 9, the array, is spelled by its elements: `string[]`. */
export const SCALAR_TYPES = [
  "u8",
  "i8",
  "u16",
  "i16",
  "u32",
  "i32",
  "f32",
  "bool",
  "string",
  undefined,
  "u64",
  "i64",
  "f64",
] as const;

export const ARRAY_TYPE = 9;

export type GgufScalarType = Exclude<(typeof SCALAR_TYPES)[number], undefined>;

/** A metadata value's type: `u32`, `string[]`, `f32[][]`. */
export type GgufValueType = GgufScalarType | `${string}[]`;

/** Bytes of a scalar; a string has at least its length. */
export const SCALAR_BYTES: Readonly<Record<GgufScalarType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  string: 8,
  u64: 8,
  i64: 8,
  f64: 8,
};
