interface BlockSize {
  /** Weights in a block, along a row. */
  readonly weights: number;
  readonly bytes: number;
}

const block = (weights: number, bytes: number): BlockSize => ({ weights, bytes });

/** Every type of tensor that ggml defines: its number in the file, and its blocks. */
const TYPES = {
  F32: [0, block(1, 4)],
  F16: [1, block(1, 2)],
  Q4_0: [2, block(32, 18)],
  Q4_1: [3, block(32, 20)],
  Q5_0: [6, block(32, 22)],
  Q5_1: [7, block(32, 24)],
  Q8_0: [8, block(32, 34)],
  Q8_1: [9, block(32, 36)],
  Q2_K: [10, block(256, 84)],
  Q3_K: [11, block(256, 110)],
  Q4_K: [12, block(256, 144)],
  Q5_K: [13, block(256, 176)],
  Q6_K: [14, block(256, 210)],
  Q8_K: [15, block(256, 292)],
  IQ2_XXS: [16, block(256, 66)],
  IQ2_XS: [17, block(256, 74)],
  IQ3_XXS: [18, block(256, 98)],
  IQ1_S: [19, block(256, 50)],
  IQ4_NL: [20, block(32, 18)],
  IQ3_S: [21, block(256, 110)],
  IQ2_S: [22, block(256, 82)],
  IQ4_XS: [23, block(256, 136)],
  I8: [24, block(1, 1)],
  I16: [25, block(1, 2)],
  I32: [26, block(1, 4)],
  I64: [27, block(1, 8)],
  F64: [28, block(1, 8)],
  IQ1_M: [29, block(256, 56)],
  BF16: [30, block(1, 2)],
  TQ1_0: [34, block(256, 54)],
  TQ2_0: [35, block(256, 66)],
  MXFP4: [39, block(32, 17)],
} as const satisfies Record<string, readonly [number, BlockSize]>;

/** A GGUF tensor's type, by ggml's name. */
export type GgufTensorType = keyof typeof TYPES;

const names = new Map(Object.entries(TYPES).map(([name, [number]]) => [number as number, name as GgufTensorType]));

/** The type with this number in a file; undefined for one that was withdrawn or is not known. */
export const tensorType = (number: number): GgufTensorType | undefined => names.get(number);

export const tensorTypeNumber = (type: GgufTensorType): number => TYPES[type][0];

export const blockOf = (type: GgufTensorType): BlockSize => TYPES[type][1];
