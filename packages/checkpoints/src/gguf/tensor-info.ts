import type { HeaderCursor } from "./header-cursor.js";
import { invalidGguf } from "./invalid.js";
import { blockOf, type GgufTensorType, tensorType } from "./tensor-type.js";
import type { Window } from "./window.js";

export interface GgufTensor {
  readonly name: string;
  readonly type: GgufTensorType;
  /** Row-major, outermost first (GGUF's own list the other way round): a linear weight is [out, in]. */
  readonly shape: readonly number[];
  /** Bytes [begin, end) counted from the file's start. */
  readonly begin: number;
  readonly end: number;
}

/** Name's length, number of dimensions, type, offset. */
export const SHORTEST_TENSOR_INFO = 24;

/** ggml's GGML_MAX_DIMS. */
const MOST_DIMENSIONS = 4;

/** What the header says of a tensor; `offset` counts from the data's start, which is known only after all of them. */
export interface TensorInfo {
  readonly name: string;
  readonly type: GgufTensorType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

/** Reads the list of `count` tensors. @throws InvalidFileError naming the tensor */
export async function readTensorInfos(cursor: HeaderCursor, count: number, file: string): Promise<TensorInfo[]> {
  const infos = new Map<string, TensorInfo>();
  for (let i = 0; i < count; i++) {
    const info = await cursor.item(readTensorInfo);
    if (infos.has(info.name)) throw invalidGguf(file, `tensor "${info.name}" stands twice`, info.name);
    infos.set(info.name, info);
  }
  return [...infos.values()];
}

function readTensorInfo(window: Window): TensorInfo {
  const name = window.string();
  const fail = (what: string) => invalidGguf(window.file, `tensor "${name}" ${what}`, name);
  const dimensions = window.u32();
  if (dimensions > MOST_DIMENSIONS) throw fail(`has ${dimensions} dimensions`);
  const shape: number[] = [];
  for (let axis = 0; axis < dimensions; axis++) {
    const size = window.u64();
    if (typeof size !== "number" || size === 0) throw fail(`has a dimension of ${size}`);
    shape.unshift(size);
  }
  const number = window.u32();
  const type = tensorType(number);
  if (type === undefined) throw fail(`is of type ${number}, which was withdrawn or is not known`);
  const offset = window.u64();
  const { weights, bytes } = blockOf(type);
  if ((shape.at(-1) ?? 1) % weights !== 0)
    throw fail(`has rows of ${shape.at(-1)}, no multiple of ${type}'s ${weights}`);
  const byteLength = shape.reduce((product, size) => product * size, bytes) / weights;
  if (typeof offset !== "number" || !Number.isSafeInteger(offset + byteLength)) {
    throw fail(`of shape [${shape}] is larger than any file`);
  }
  return { name, type, shape, offset, byteLength };
}

/**
 * The tensors by name, in the order of the data, each held against the file and its neighbours.
 *
 * @throws InvalidFileError naming the tensor
 */
export function placeTensors(
  infos: readonly TensorInfo[],
  dataStart: number,
  alignment: number,
  fileSize: number,
  file: string,
): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  let last: GgufTensor | undefined;
  for (const { name, type, shape, offset, byteLength } of [...infos].sort((a, b) => a.offset - b.offset)) {
    const fail = (what: string) => invalidGguf(file, `tensor "${name}" ${what}`, name);
    const begin = dataStart + offset;
    const end = begin + byteLength;
    if (offset % alignment !== 0) throw fail(`begins at ${offset}, no multiple of the alignment ${alignment}`);
    if (end > fileSize) throw fail(`ends at byte ${end}, and the file has ${fileSize}`);
    if (last !== undefined && begin < last.end) throw fail(`overlaps "${last.name}"`);
    last = { name, type, shape, begin, end };
    tensors.set(name, last);
  }
  return tensors;
}
