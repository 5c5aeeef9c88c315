import {
  baseParameterShapes,
  type Float32Tensor,
  MissingTensorError,
  type ModelSpec,
  UnsupportedError,
  WrongBaseModelError,
} from "@anabranch/core";
import { type Folder, openIn } from "../bytes/folder.js";
import { readBlockSizes, readFloat32, scalesName } from "../model/int8-file.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open-safetensors.js";
import { ADAPTER_WEIGHTS_FILE } from "./adapter-files.js";
import { loadLoraConfig } from "./lora-config.js";

/** One weight's change, scale * up * down. */
export interface LoraPair {
  /** A: [rank, in] */
  readonly down: Float32Tensor;
  /** B: [out, rank] */
  readonly up: Float32Tensor;
}

/** A plain LoRA: `y = W x + scale * B (A x)`, on every row. */
export interface Lora {
  readonly scale: number;
  /** By the name of the base weight that they change. */
  readonly pairs: ReadonlyMap<string, LoraPair>;
}

const TENSOR = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/;

/**
 * Loads a plain LoRA as PEFT or {@link saveLora} writes it (adapter_config.json, adapter_model.safetensors) for a model of this shape.
 *
 * @throws WrongBaseModelError for a tensor whose weight the model does not have, or has in another shape; UnsupportedError
 *   for what is more than a plain LoRA; MissingTensorError, InvalidFileError, IoError
 */
export async function loadLora(folder: Folder, spec: ModelSpec): Promise<Lora> {
  const { rank, scale } = await loadLoraConfig(folder);
  const shapes = baseParameterShapes(spec);
  const file = await openSafetensors(await openIn(folder, ADAPTER_WEIGHTS_FILE));
  try {
    const pairs = new Map<string, LoraPair>();
    const blockSizes = readBlockSizes(file);
    const scales = new Set([...blockSizes.keys()].map(scalesName));
    const read = (name: string, shape: readonly number[]) => readPart(file, name, shape, blockSizes.get(name));
    for (const tensor of file.tensors.keys()) {
      if (scales.has(tensor)) continue; // Read with what it scales.
      const [, module, side] = TENSOR.exec(tensor) ?? [];
      if (module === undefined) throw noLora(file.name, tensor);
      if (side === "B") continue; // Read with its A.
      const [out, input] = shapes.get(`${module}.weight`) ?? [];
      if (out === undefined || input === undefined) throw wrongBase(file.name, tensor, "the model has no such weight");
      const down = await read(tensor, [rank, input]);
      const up = await read(tensor.replace(/lora_A\.weight$/, "lora_B.weight"), [out, rank]);
      pairs.set(`${module}.weight`, { down, up });
    }
    if (2 * pairs.size + scales.size !== file.tensors.size) throw missing(file.name, "lora_A");
    return { scale, pairs };
  } finally {
    await file.close();
  }
}

async function readPart(
  file: SafetensorsFile,
  name: string,
  shape: readonly number[],
  blockSize: number | undefined,
): Promise<Float32Tensor> {
  const found = file.tensors.get(name);
  if (found === undefined) throw missing(file.name, name);
  if (found.shape.join() !== shape.join()) {
    throw wrongBase(file.name, name, `its shape is [${found.shape}], and the model needs [${shape}]`);
  }
  return readFloat32(file, name, blockSize);
}

function wrongBase(file: string, tensor: string, why: string): WrongBaseModelError {
  return new WrongBaseModelError(`${file}: tensor "${tensor}" was made for another model: ${why}.`, {
    subject: tensor,
    cure: "Load the base model that adapter_config.json names; for fused projections, merge the adapter with PEFT.",
  });
}

function noLora(file: string, tensor: string): UnsupportedError {
  return new UnsupportedError(`${file}: tensor "${tensor}" is not one of a plain LoRA on linear maps.`, {
    subject: tensor,
    cure: "Merge the adapter into its base model with PEFT, and load that.",
  });
}

function missing(file: string, tensor: string): MissingTensorError {
  return new MissingTensorError(`${file} has no partner "${tensor}" for one of its tensors.`, { subject: tensor });
}
