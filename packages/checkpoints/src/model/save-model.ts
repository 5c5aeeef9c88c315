import {
  baseParameterShapes,
  type Float32Tensor,
  type ModelWeights,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import { type WritableFolder, writeIn } from "../bytes/folder.js";
import { sealText, UNSEALED } from "../bytes/seal.js";
import type { ModelConfig } from "../config/model-config.js";
import { writeModelConfig } from "../config/write-model-config.js";
import { DEFAULT_BLOCK_SIZE } from "../quantize/block-size.js";
import { quantizeInt8 } from "../quantize/quantize-int8.js";
import { type NewTensor, safetensorsParts } from "../safetensors/write-safetensors.js";
import { addWeight, int8Metadata } from "./int8-file.js";
import * as files from "./model-files.js";
import { requireShape, requireTensor } from "./require-tensor.js";

export interface SaveModelOptions {
  /**
   * f32: every weight as float32 (what is 8-bit in memory is widened), readable by Hugging Face;
   * int8: matrices and the embedding as 8 bits with scales (what is 8-bit already is kept as it is), norms as float32.
   */
  readonly format: "f32" | "int8";
  /** Weights a scale along the input axis, for matrices that are quantised here. Default 32. */
  readonly blockSize?: number;
  /** Tokens for config.json. */
  readonly config?: Omit<ModelConfig, "spec">;
}

/**
 * Writes config.json and model.safetensors, both with checksums; whole files or none.
 *
 * @param folder a path (made if needed), or a map that receives the files
 * @throws MissingTensorError, ShapeMismatchError, NotFiniteError (int8), IoError
 */
export async function saveModel(
  folder: WritableFolder,
  weights: ModelWeights,
  options: SaveModelOptions,
): Promise<void> {
  const tensors = new Map<string, NewTensor>();
  const blockSizes = new Map<string, number>();
  for (const [name, shape] of baseParameterShapes(weights.spec)) {
    const weight = requireTensor(weights.tensors, name, "the model");
    requireShape(name, weight.shape, shape, "the model");
    addWeight(name, convert(weight, options), tensors, blockSizes);
  }
  // "format" is what transformers looks for; in int8 it is left out, since I8 without scales would be nonsense there.
  const metadata = options.format === "f32" ? { format: "pt" } : {};
  const parts = await safetensorsParts(tensors, {
    ...metadata,
    ...int8Metadata(blockSizes),
    "anabranch.format": "model",
    "anabranch.format_version": String(files.MODEL_FORMAT_VERSION),
    "anabranch.weights": options.format,
  });
  const config = new TextEncoder().encode(await configText(weights, options));
  await writeIn(
    folder,
    new Map([
      [files.WEIGHTS_FILE, parts],
      [files.CONFIG_FILE, [config]],
    ]),
  );
}

function convert(weight: WeightTensor, { format, blockSize }: SaveModelOptions): WeightTensor {
  const { shape } = weight;
  const wide = (): Float32Tensor => ({ format: "f32", shape, data: toFloat32(weight) });
  if (format === "f32" || shape.length !== 2) return wide();
  return weight.format === "int8-block" ? weight : quantizeInt8(wide(), blockSize ?? DEFAULT_BLOCK_SIZE);
}

async function configText({ spec }: ModelWeights, { format, blockSize, config }: SaveModelOptions): Promise<string> {
  const quantization = { format: files.QUANTIZATION_FORMAT, block_size: blockSize ?? DEFAULT_BLOCK_SIZE };
  const json = {
    ...writeModelConfig(spec, config),
    ...(format === "int8" ? { quantization_config: quantization } : {}),
    [files.OUR_FIELD]: {
      format_version: files.MODEL_FORMAT_VERSION,
      weights: format,
      [files.CONFIG_CHECKSUM]: UNSEALED,
    },
  };
  return sealText(`${JSON.stringify(json, null, 2)}\n`, files.CONFIG_CHECKSUM);
}
