import {
  convertWeight,
  type Folder,
  foldLora,
  type LoadedModel,
  type LoadModelOptions,
  loadLora,
  loadModel,
} from "@anabranch/checkpoints";
import type { WeightTensor } from "@anabranch/core";

export interface ReadWeightsOptions extends LoadModelOptions {
  /** Folder of a plain LoRA to fold in. */
  readonly lora?: Folder | undefined;
}

/**
 * A model's weights in a format, with a LoRA folded in where one is given.
 *
 * @throws what `loadModel` and `loadLora` throw
 */
export async function readWeights(source: Folder, { lora, ...options }: ReadWeightsOptions): Promise<LoadedModel> {
  if (lora === undefined) return loadModel(source, options);
  const { weights: format = "as-stored", ...asStored } = options;
  const model = await loadModel(source, asStored);
  const { spec, tensors } = foldLora(model.weights, await loadLora(lora, model.weights.spec));
  const converted = new Map<string, WeightTensor>();
  for (const [name, tensor] of tensors) converted.set(name, convertWeight(name, tensor, format));
  return { ...model, weights: { spec, tensors: converted } };
}
