import { InvalidFileError } from "@anabranch/core";
import type { HeaderCursor } from "./header-cursor.js";
import { invalidGguf } from "./invalid.js";
import {
  ARRAY_TYPE,
  type GgufScalarType,
  type GgufValue,
  type GgufValueType,
  SCALAR_BYTES,
  SCALAR_TYPES,
} from "./value.js";
import type { Window } from "./window.js";

export interface GgufMetadata {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** The type that each key has in the file. */
  readonly metadataTypes: ReadonlyMap<string, GgufValueType>;
}

/** Arrays of arrays are allowed, but no writer nests deeply. */
const DEEPEST = 4;

interface Entry {
  readonly type: GgufValueType;
  readonly value: GgufValue;
}

/** Reads `count` keys with their values. @throws InvalidFileError naming the key */
export async function readMetadata(cursor: HeaderCursor, count: number, file: string): Promise<GgufMetadata> {
  const metadata = new Map<string, GgufValue>();
  const metadataTypes = new Map<string, GgufValueType>();
  for (let i = 0; i < count; i++) {
    const key = await cursor.item((window) => window.string());
    if (metadata.has(key)) throw invalidGguf(file, `the key "${key}" stands twice`, key);
    const { type, value } = await cursor.item((window) => readEntry(window, key));
    metadata.set(key, value);
    metadataTypes.set(key, type);
  }
  return { metadata, metadataTypes };
}

function readEntry(window: Window, key: string): Entry {
  try {
    return readValue(window, window.u32(), 0);
  } catch (error) {
    if (!(error instanceof InvalidFileError)) throw error;
    throw invalidGguf(window.file, `the value of "${key}" cannot be read`, key, error);
  }
}

function readValue(window: Window, type: number, depth: number): Entry {
  if (type !== ARRAY_TYPE) {
    const scalar = scalarType(window, type);
    return { type: scalar, value: window[scalar]() };
  }
  if (depth === DEEPEST) throw invalidGguf(window.file, `arrays are nested more than ${DEEPEST} deep`);
  const inner = window.u32();
  return inner === ARRAY_TYPE ? readNested(window, depth + 1) : readArray(window, scalarType(window, inner));
}

function readArray(window: Window, type: GgufScalarType): Entry {
  const count = window.count(SCALAR_BYTES[type]);
  const read: () => GgufValue = window[type];
  const value: GgufValue[] = [];
  for (let i = 0; i < count; i++) value.push(read());
  return { type: `${type}[]`, value };
}

function readNested(window: Window, depth: number): Entry {
  // An empty array has its element type and count: 12 bytes.
  const count = window.count(12);
  const rows: Entry[] = [];
  for (let i = 0; i < count; i++) rows.push(readValue(window, ARRAY_TYPE, depth));
  return { type: `${rows[0]?.type ?? "u8[]"}[]`, value: rows.map(({ value }) => value) };
}

function scalarType(window: Window, type: number): GgufScalarType {
  const name = SCALAR_TYPES[type];
  if (name === undefined) throw invalidGguf(window.file, `${type} is no type of a value (at byte ${window.at - 4})`);
  return name;
}
