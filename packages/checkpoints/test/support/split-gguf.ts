import { encodeGguf, type GgufFile, type GgufMetadata, type NewGgufTensor, openGguf } from "../../src/index.js";

export type Parts = Map<string, Uint8Array>;

/** What `llama-gguf-split` makes of a model: all metadata in the first part, tensors cut where `cuts` says. */
export function splitGguf(
  given: GgufMetadata,
  tensors: readonly NewGgufTensor[],
  cuts: readonly number[],
  name = "m",
): Parts {
  const places = [0, ...cuts, tensors.length];
  const count = cuts.length + 1;
  const five = (number: number): string => String(number).padStart(5, "0");
  const parts: Parts = new Map();
  for (let no = 0; no < count; no++) {
    const keys = { "split.no": no, "split.count": count, "split.tensors.count": tensors.length };
    const [metadata, metadataTypes] = no === 0 ? [given.metadata, given.metadataTypes] : [[], []];
    const own = {
      metadata: new Map([...metadata, ...Object.entries(keys)]),
      metadataTypes: new Map([
        ...metadataTypes,
        ...Object.keys(keys).map((key) => [key, key === "split.tensors.count" ? "i32" : "u16"] as const),
      ]),
    };
    parts.set(
      `${name}-${five(no + 1)}-of-${five(count)}.gguf`,
      encodeGguf(own, tensors.slice(places[no], places[no + 1])),
    );
  }
  return parts;
}

/** An open file's tensors, to be written again. */
export async function tensorsOf(file: GgufFile): Promise<NewGgufTensor[]> {
  const tensors: NewGgufTensor[] = [];
  for (const { name, type, shape } of file.tensors.values()) {
    tensors.push({ name, type, shape, bytes: await file.readBytes(name) });
  }
  return tensors;
}

/** A whole file in so many parts of about as many tensors. */
export async function splitFile(bytes: Uint8Array, count: number, name?: string): Promise<Parts> {
  const file = await openGguf(bytes);
  const tensors = await tensorsOf(file);
  const cuts = Array.from({ length: count - 1 }, (_, index) => Math.floor(((index + 1) * tensors.length) / count));
  return splitGguf(file, tensors, cuts, name);
}
