import {
  baseParameterShapes,
  type Float32Tensor,
  MissingTensorError,
  type ModelSpec,
  UnsupportedError,
  WrongBaseModelError,
} from "@anabranch/core";
import { type Folder, openIn } from "../bytes/folder.js";
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
 * Loads a plain LoRA as PEFT writes it (adapter_config.json, adapter_model.safetensors) for a model of this shape.
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
    for (const tensor of file.tensors.keys()) {
      const [, module, side] = TENSOR.exec(tensor) ?? [];
      if (module === undefined) throw noLora(file.name, tensor);
      if (side === "B") continue; // Read with its A.
      const [out, input] = shapes.get(`${module}.weight`) ?? [];
      if (out === undefined || input === undefined) throw wrongBase(file.name, tensor, "the model has no such weight");
      const down = await read(file, tensor, [rank, input]);
      const up = await read(file, tensor.replace(/lora_A\.weight$/, "lora_B.weight"), [out, rank]);
      pairs.set(`${module}.weight`, { down, up });
    }
    if (2 * pairs.size !== file.tensors.size) throw missing(file.name, "lora_A");
    return { scale, pairs };
  } finally {
    await file.close();
  }
}

async function read(file: SafetensorsFile, name: string, shape: readonly number[]): Promise<Float32Tensor> {
  const found = file.tensors.get(name);
  if (found === undefined) throw missing(file.name, name);
  if (found.shape.join() !== shape.join()) {
    throw wrongBase(file.name, name, `its shape is [${found.shape}], and the model needs [${shape}]`);
  }
  const data = await file.read(name);
  if (data instanceof Float32Array) return { format: "f32", shape, data };
  throw noLora(file.name, name);
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
