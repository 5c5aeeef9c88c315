import { InvalidFileError, UnsupportedError } from "@anabranch/core";

/** A GGUF file's metadata as a reader gives it: 64-bit integers may be bigints, arrays may be typed. */
export type GgufMetadata = ReadonlyMap<string, unknown>;

const cure = "Fetch the file again, or convert it again with a current llama.cpp.";

export function invalidKey(key: string, problem: string): InvalidFileError {
  return new InvalidFileError(`GGUF metadata: ${key} ${problem}.`, { subject: key, cure });
}

export function unsupportedKey(key: string, problem: string, cure: string): UnsupportedError {
  return new UnsupportedError(`GGUF metadata: ${key} ${problem}.`, { subject: key, cure });
}

export function optionalString(metadata: GgufMetadata, key: string): string | undefined {
  const value = metadata.get(key);
  if (value !== undefined && typeof value !== "string") throw invalidKey(key, "is not a string");
  return value;
}

export function flag(metadata: GgufMetadata, key: string, fallback: boolean): boolean {
  const value = metadata.get(key) ?? fallback;
  if (typeof value !== "boolean") throw invalidKey(key, "is neither true nor false");
  return value;
}

/** The text of the token that the key names by its id. */
export function optionalToken(metadata: GgufMetadata, key: string, tokens: readonly string[]): string | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  const token = typeof value === "bigint" || typeof value === "number" ? tokens[Number(value)] : undefined;
  if (token === undefined) throw invalidKey(key, "is not the id of a token");
  return token;
}

export function strings(metadata: GgufMetadata, key: string): readonly string[] {
  return list(metadata, key).map((value, index) => {
    if (typeof value !== "string") throw invalidKey(`${key}[${index}]`, "is not a string");
    return value;
  });
}

/** @param length how many there must be: one a token */
export function numbers(metadata: GgufMetadata, key: string, length: number): readonly number[] {
  const values = list(metadata, key);
  if (values.length !== length) throw invalidKey(key, `has ${values.length} values for ${length} tokens`);
  return values.map((value, index) => {
    if (typeof value !== "number" || !Number.isFinite(value)) throw invalidKey(`${key}[${index}]`, "is not a number");
    return value;
  });
}

function list(metadata: GgufMetadata, key: string): readonly unknown[] {
  const value = metadata.get(key);
  if (value === undefined) throw invalidKey(key, "is missing");
  if (Array.isArray(value)) return value;
  if (!ArrayBuffer.isView(value) || value instanceof DataView) throw invalidKey(key, "is not a list");
  return Array.from(value as unknown as ArrayLike<number>);
}
