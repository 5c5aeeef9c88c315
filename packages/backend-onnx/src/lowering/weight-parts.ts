import { basename, dirname } from "node:path";
import type { ByteRange, StoredBytes, WeightTensor } from "@anabranch/core";
import type { TensorMessage } from "../proto/messages.js";
import type { Lowering } from "./lowering.js";

/**
 * One array of several weights, laid one after the other: their place in a file, where they lie so in one, since ONNX Runtime
 * then maps the file and nothing goes through JavaScript's memory; otherwise their bytes.
 */
export function weightParts(
  lowering: Lowering,
  tensors: readonly WeightTensor[],
  which: "data" | "scales" | "offsets",
  bytes: () => readonly Uint8Array[],
): TensorMessage["parts"] {
  const [first] = tensors;
  const stretch = joined(tensors.map(({ stored }) => rangeIn(stored, first?.stored?.file, which)));
  if (stretch === undefined || !lowering.readsFrom(dirname(first?.stored?.file as string))) return bytes();
  return { location: basename(first?.stored?.file as string), ...stretch };
}

function rangeIn(
  stored: StoredBytes | undefined,
  file: string | undefined,
  which: "data" | "scales" | "offsets",
): ByteRange | undefined {
  return stored?.file === file ? stored?.[which] : undefined;
}

/** The stretch that ranges make up together; undefined where there is anything between them. */
function joined(ranges: readonly (ByteRange | undefined)[]): ByteRange | undefined {
  const [first] = ranges;
  if (first === undefined) return undefined;
  let length = 0;
  for (const range of ranges) {
    if (range?.offset !== first.offset + length) return undefined;
    length += range.length;
  }
  return { offset: first.offset, length };
}
