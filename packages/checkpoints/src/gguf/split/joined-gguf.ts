import type { GgufFile } from "../open-gguf.js";
import type { GgufTensor } from "../tensor-info.js";
import { SPLIT_KEYS, type Split } from "./split-of.js";

/**
 * Parts as the one file that they were cut from: the first one's metadata, everyone's tensors, each with its place in its own
 * part.
 *
 * @param error what to throw of a part
 */
export function joinedGguf(
  parts: readonly GgufFile[],
  split: Split,
  error: (part: GgufFile, what: string) => Error,
): GgufFile {
  const [first] = parts as readonly [GgufFile, ...GgufFile[]];
  const tensors = new Map<string, GgufTensor>();
  const owners = new Map<string, GgufFile>();
  for (const part of parts) {
    for (const [name, tensor] of part.tensors) {
      if (owners.has(name)) throw error(part, `tensor "${name}" stands in ${owners.get(name)?.name} too`);
      owners.set(name, part);
      tensors.set(name, tensor);
    }
  }
  if (tensors.size !== split.tensors) {
    throw error(parts.at(-1) ?? first, `all parts have ${tensors.size} tensors in place of ${split.tensors}`);
  }
  const ownerOf = (name: string): GgufFile => owners.get(name) ?? first;
  return {
    ...first,
    metadata: withoutSplit(first.metadata),
    metadataTypes: withoutSplit(first.metadataTypes),
    tensors,
    readFloats: (name) => ownerOf(name).readFloats(name),
    readWeight: (name) => ownerOf(name).readWeight(name),
    readBytes: (name) => ownerOf(name).readBytes(name),
    close: async () => {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}

const withoutSplit = <Value>(entries: ReadonlyMap<string, Value>): Map<string, Value> =>
  new Map([...entries].filter(([key]) => !SPLIT_KEYS.includes(key)));
