/** Keys and values that queries look at. Addresses are bytes, strides are numbers. */
export interface KeySource {
  /** f32; a slot's key begins at slot * slotStride + kvHead * headStride + position * positionStride. */
  readonly keys: number;
  /** Laid as the keys. */
  readonly values: number;
  readonly slots: number;
  readonly slotStride: number;
  readonly headStride: number;
  /** 0 where all positions see the same keys. */
  readonly positionStride: number;
  /** f32, [slots] at position * biasStride + member * biasMemberStride: added to scores; below about -100, hides a slot. */
  readonly bias: number;
  readonly biasStride: number;
  readonly biasMemberStride: number;
}

/** What `Kernels.attend` computes: out [rows, outStride] from query [rows, queryStride], both f32. */
export interface AttendCall {
  readonly query: number;
  readonly queryStride: number;
  readonly out: number;
  readonly outStride: number;
  readonly rows: number;
  /** Rows beside each other at one position. */
  readonly members: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** A multiple of 4. */
  readonly headSize: number;
  readonly scale: number;
  readonly sources: readonly KeySource[];
}

const CALL_WORDS = 11;
const SCALE_WORD = 9;
const SOURCE_WORDS = 9;

/** Bytes that a call takes in memory, at a multiple of 4. */
export function attendCallBytes(sources: number): number {
  return 4 * (CALL_WORDS + sources * SOURCE_WORDS);
}

/** Addresses of the words that hold where a source's keys and values are. */
export function keySourceWords(call: number, source: number): { readonly keys: number; readonly values: number } {
  const keys = call + 4 * (CALL_WORDS + source * SOURCE_WORDS);
  return { keys, values: keys + 4 };
}

/** Writes a call as assembly/attend-call.ts reads it. */
export function writeAttendCall(buffer: ArrayBufferLike, address: number, call: AttendCall): void {
  const { query, queryStride, out, outStride, rows, members, heads, kvHeads, headSize, scale, sources } = call;
  const words = [query, queryStride, out, outStride, rows, members, heads, kvHeads, headSize, 0, sources.length];
  for (const { keys, values, slots, slotStride, headStride, positionStride, ...bias } of sources) {
    words.push(keys, values, slots, slotStride, headStride, positionStride);
    words.push(bias.bias, bias.biasStride, bias.biasMemberStride);
  }
  new Uint32Array(buffer, address, words.length).set(words);
  new Float32Array(buffer, address, CALL_WORDS)[SCALE_WORD] = scale;
}
