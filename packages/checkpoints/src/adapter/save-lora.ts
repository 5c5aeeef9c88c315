import { type Float32Tensor, type LoraSpec, parameterNames } from "@anabranch/core";
import { type WritableFolder, writeIn } from "../bytes/folder.js";
import { requireTensor } from "../model/require-tensor.js";
import { type NewTensor, safetensorsParts } from "../safetensors/write-safetensors.js";
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE } from "./adapter-files.js";

/** LoRA that acts on every row of a model: an adapter's settings, and its A and B by their names in memory. */
export interface NewLora {
  readonly spec: LoraSpec;
  /** `parameterNames.loraDown` and `loraUp` of every module and layer; others are left out. */
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  /** What the base model is called, for whoever looks. */
  readonly baseModel?: string;
}

/**
 * Writes a plain LoRA as PEFT does, in float32: PEFT and {@link loadLora} read it. Whole files or none.
 *
 * @throws MissingTensorError, IoError
 */
export async function saveLora(folder: WritableFolder, { spec, tensors, baseModel }: NewLora): Promise<void> {
  const files = new Map<string, NewTensor>();
  for (const layer of spec.layers) {
    for (const module of spec.modules) {
      const stem = `base_model.model.${parameterNames.linear(layer, module).replace(/\.weight$/, "")}`;
      files.set(`${stem}.lora_A.weight`, requireTensor(tensors, parameterNames.loraDown(layer, module), "the LoRA"));
      files.set(`${stem}.lora_B.weight`, requireTensor(tensors, parameterNames.loraUp(layer, module), "the LoRA"));
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
      [ADAPTER_WEIGHTS_FILE, await safetensorsParts(files, { format: "pt" })],
      [ADAPTER_CONFIG_FILE, [text]],
    ]),
  );
}
