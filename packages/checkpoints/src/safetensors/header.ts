import { InvalidFileError } from "@anabranch/core";
import { DTYPE_BITS, isDtype, type SafetensorsDtype } from "./dtype.js";
import { findDuplicateKey } from "./duplicate-keys.js";

/** The specification's own limit; it also bounds what a corrupt length can make us read. */
export const LONGEST_HEADER = 100_000_000;

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Bytes [begin, end) counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** By name, in the order of the data. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
}

/**
 * Reads and fully checks a safetensors header: whatever it says about the file is true of a file of that size.
 *
 * @param text the header's JSON
 * @param dataSize bytes that follow the header
 * @param file for messages
 * @throws InvalidFileError naming the file and the tensor
 */
export function parseHeader(text: string, dataSize: number, file: string): SafetensorsHeader {
  const json = parseObject(text, file);
  let metadata: ReadonlyMap<string, string> = new Map();
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") metadata = parseMetadata(value, file);
    else entries.push(parseEntry(name, value, file));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(entries, dataSize, file);
  return { metadata, tensors: new Map(entries.map((entry) => [entry.name, entry])) };
}

function parseObject(text: string, file: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, "its header is not JSON", cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw invalid(file, "its header is no object");
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw invalid(file, `"${duplicate}" stands twice in its header`);
  return json;
}

function parseMetadata(value: unknown, file: string): ReadonlyMap<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(file, "__metadata__ is no object");
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw invalid(file, `__metadata__ "${key}" is no string`);
  }
  return new Map(Object.entries(value as Record<string, string>));
}

function parseEntry(name: string, value: unknown, file: string): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets, ...rest } = (value ?? {}) as Record<string, unknown>;
  const fail = (what: string) => invalid(file, `tensor "${name}" ${what}`);
  const extra = Object.keys(rest)[0];
  if (extra !== undefined) throw fail(`has an unknown field "${extra}"`);
  if (!isDtype(dtype)) throw fail(`has an unknown dtype ${JSON.stringify(dtype)}`);
  if (!isSizes(shape)) throw fail("has no valid shape");
  if (!isSizes(offsets) || offsets.length !== 2) throw fail("has no valid data_offsets");
  const [begin, end] = offsets as unknown as [number, number];
  const bits = shape.reduce((product, size) => product * size, DTYPE_BITS[dtype] as number);
  if (!Number.isSafeInteger(bits) || bits !== (end - begin) * 8) {
    throw fail(`of shape [${shape}] and dtype ${dtype} does not fill bytes ${begin} to ${end}`);
  }
  return { name, dtype, shape, begin, end };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** The specification allows no holes and no overlaps: sorted, each tensor begins where the one before ends. */
function checkTiling(sorted: readonly SafetensorsEntry[], dataSize: number, file: string): void {
  let at = 0;
  for (const { name, begin, end } of sorted) {
    if (begin !== at) throw invalid(file, `tensor "${name}" begins at byte ${begin} of the data instead of ${at}`);
    if (end > dataSize) throw invalid(file, `tensor "${name}" ends at byte ${end} of the data, which has ${dataSize}`);
    at = end;
  }
  if (at !== dataSize) throw invalid(file, `its tensors end at byte ${at} of the data, which has ${dataSize}`);
}

export function invalid(file: string, what: string, cause?: unknown): InvalidFileError {
  return new InvalidFileError(`${file} is not a valid safetensors file: ${what}.`, {
    subject: file,
    cure: "It is damaged, truncated or of another format: fetch or write it again.",
    cause,
  });
}
