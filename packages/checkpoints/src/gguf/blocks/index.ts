import type { GgufTensorType } from "../tensor-type.js";
import type { DecodeBlocks } from "./decode-blocks.js";
import { decodeBf16, decodeF16, decodeF32 } from "./plain-floats.js";
import { decodeQ4_0 } from "./q4-0.js";
import { decodeQ4_1 } from "./q4-1.js";
import { decodeQ4_K } from "./q4-k.js";
import { decodeQ5_0 } from "./q5-0.js";
import { decodeQ5_1 } from "./q5-1.js";
import { decodeQ5_K } from "./q5-k.js";
import { decodeQ6_K } from "./q6-k.js";
import { decodeQ8_0 } from "./q8-0.js";

export type { DecodeBlocks } from "./decode-blocks.js";
export { splitQ8_0 } from "./q8-0.js";

/** The formats that can be read. */
export const blockDecoders: Readonly<Partial<Record<GgufTensorType, DecodeBlocks>>> = {
  F32: decodeF32,
  F16: decodeF16,
  BF16: decodeBf16,
  Q8_0: decodeQ8_0,
  Q4_0: decodeQ4_0,
  Q4_1: decodeQ4_1,
  Q5_0: decodeQ5_0,
  Q5_1: decodeQ5_1,
  Q4_K: decodeQ4_K,
  Q5_K: decodeQ5_K,
  Q6_K: decodeQ6_K,
};
