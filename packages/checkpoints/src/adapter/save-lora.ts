import { type Float32Tensor, type LoraSpec, parameterNames } from "@anabranch/core";
import { type WritableFolder, writeIn } from "../bytes/folder.js";
import { addWeight, int8Metadata } from "../model/int8-file.js";
import { requireTensor } from "../model/require-tensor.js";
import { DEFAULT_BLOCK_SIZE } from "../quantize/block-size.js";
import { quantizeInt8 } from "../quantize/quantize-int8.js";
import { type NewTensor, safetensorsParts } from "../safetensors/write-safetensors.js";
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE } from "./adapter-files.js";

/** LoRA that acts on every row of a model: an adapter's settings, and its A and B by their names in memory. */
export interface NewLora {
  readonly spec: LoraSpec;
  /** `parameterNames.loraDown` and `loraUp` of every module and layer; others are left out. */
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  /** What the base model is called, for whoever looks. */
  readonly baseModel?: string;
  /** f32 (the default) is what PEFT reads; int8 is little more than a quarter of the size, and for {@link loadLora} alone. */
  readonly format?: "f32" | "int8";
}

/**
 * Writes a plain LoRA in PEFT's layout. Whole files or none.
 *
 * @throws MissingTensorError, NotFiniteError (int8), IoError
 */
export async function saveLora(
  folder: WritableFolder,
  { spec, tensors, baseModel, format = "f32" }: NewLora,
): Promise<void> {
  const files = new Map<string, NewTensor>();
  const blockSizes = new Map<string, number>();
  const add = (fileName: string, name: string): void => {
    const tensor = requireTensor(tensors, name, "the LoRA");
    addWeight(fileName, format === "int8" ? quantizeInt8(tensor, DEFAULT_BLOCK_SIZE) : tensor, files, blockSizes);
  };
  for (const layer of spec.layers) {
    for (const module of spec.modules) {
      const stem = `base_model.model.${parameterNames.linear(layer, module).replace(/\.weight$/, "")}`;
      add(`${stem}.lora_A.weight`, parameterNames.loraDown(layer, module));
      add(`${stem}.lora_B.weight`, parameterNames.loraUp(layer, module));
    }
  }
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel ?? null,
    r: spec.rank,
    lora_alpha: spec.alpha,
    lora_dropout: 0,
    bias: "none",
    target_modules: spec.modules,
    layers_to_transform: spec.layers,
  };
  const text = new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
  await writeIn(
    folder,
    new Map([
      [ADAPTER_WEIGHTS_FILE, await safetensorsParts(files, { format: "pt", ...int8Metadata(blockSizes) })],
      [ADAPTER_CONFIG_FILE, [text]],
    ]),
  );
}
