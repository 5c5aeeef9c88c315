import { invalidGguf } from "../invalid.js";
import type { GgufFile } from "../open-gguf.js";

/** What a part of a model says of itself and of the others. */
export interface Split {
  /** From 0. */
  readonly no: number;
  readonly count: number;
  /** In all parts together. */
  readonly tensors: number;
}

const KEYS = { no: "split.no", count: "split.count", tensors: "split.tensors.count" } as const;

export const SPLIT_KEYS: readonly string[] = Object.values(KEYS);

/** Undefined for a model in one file. @throws InvalidFileError naming the key */
export function splitOf({ name, metadata }: Pick<GgufFile, "name" | "metadata">): Split | undefined {
  const read = (key: string): number => {
    const value = metadata.get(key) ?? 0;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    throw invalidGguf(name, `"${key}" is no count`, key);
  };
  const count = read(KEYS.count);
  // What llama.cpp has put together again says 0.
  return count < 2 ? undefined : { no: read(KEYS.no), count, tensors: read(KEYS.tensors) };
}
