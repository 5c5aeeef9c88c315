import { type Float32Tensor, MissingTensorError, type WeightTensor } from "@anabranch/core";
import { type FileToRead, openSource } from "../bytes/open-source.js";
import { type GgufHeader, readGgufHeader } from "./header.js";
import { readFloats, readMatrix } from "./read-tensor.js";
import type { GgufTensor } from "./tensor-info.js";

/** An open GGUF file; tensors are read one at a time, by their range. Close it after use. */
export interface GgufFile extends GgufHeader {
  readonly name: string;
  /**
   * A tensor decoded to float32.
   *
   * @throws MissingTensorError; UnsupportedError (a type that cannot be decoded); InvalidFileError, IoError
   */
  readFloats(tensor: string): Promise<Float32Tensor>;
  /** As {@link readFloats}, but a matrix in Q8_0, Q4_0 or Q4_1 keeps its integers, scales and offsets (blocks of 32). */
  readWeight(tensor: string): Promise<WeightTensor>;
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
    const find = (tensor: string) => requireGgufTensor(header.tensors, tensor, source.name);
    return {
      name: source.name,
      ...header,
      readFloats: async (name) => readFloats(source, find(name)),
      readWeight: async (name) => {
        const tensor = find(name);
        return tensor.shape.length === 2 ? readMatrix(source, tensor) : readFloats(source, tensor);
      },
      readBytes: async (name) => {
        const { begin, end } = find(name);
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
