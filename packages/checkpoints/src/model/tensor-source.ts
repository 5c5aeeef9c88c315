import type { WeightTensor } from "@anabranch/core";

/**
 * The tensors of a checkpoint under their Hugging Face names, read one at a time: what `readModelTensors` takes, whatever the
 * file is (one safetensors file, a sharded one, GGUF).
 */
export interface TensorSource {
  /** A path or label, for messages. */
  readonly name: string;
  /**
   * How tensors are stored where writers disagree. hugging-face (when absent): Gemma's norms hold w of 1 + w, and GPT-2's
   * linear weights are [in, out]; llama.cpp: norms hold 1 + w, and every linear weight is [out, in].
   */
  readonly convention?: "hugging-face" | "llama.cpp";
  has(name: string): boolean;
  names(): Iterable<string>;
  /** @throws MissingTensorError, UnsupportedError (a format that cannot be read), ChecksumError, InvalidFileError, IoError */
  read(name: string): Promise<WeightTensor>;
}
