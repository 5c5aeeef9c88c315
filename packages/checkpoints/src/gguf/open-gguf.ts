import { MissingTensorError } from "@anabranch/core";
import { type FileToRead, openSource } from "../bytes/open-source.js";
import { type GgufHeader, readGgufHeader } from "./header.js";
import type { GgufTensor } from "./tensor-info.js";

/** An open GGUF file; tensors are read one at a time, by their range. Close it after use. */
export interface GgufFile extends GgufHeader {
  readonly name: string;
  /** The tensor's bytes as they lie in the file. @throws MissingTensorError, InvalidFileError, IoError */
  readBytes(tensor: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a GGUF file and checks its whole header; of the tensors nothing is read yet.
 *
 * @param file a path (Node), or the file's bytes, or a Blob
 * @throws InvalidFileError naming the key or the tensor; UnsupportedError (version 1, big-endian); IoError
 */
export async function openGguf(file: FileToRead): Promise<GgufFile> {
  const source = await openSource(file);
  try {
    const header = await readGgufHeader(source);
    return {
      name: source.name,
      ...header,
      readBytes: async (tensor) => {
        const { begin, end } = requireGgufTensor(header.tensors, tensor, source.name);
        return source.read(begin, end);
      },
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function requireGgufTensor(tensors: ReadonlyMap<string, GgufTensor>, name: string, file: string): GgufTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new MissingTensorError(`${file} has no tensor "${name}".`, { subject: name });
  return tensor;
}
