import { convertWeight, type WeightFormat } from "@anabranch/checkpoints";
import { type ModelWeights, UnsupportedError, type WeightTensor } from "@anabranch/core";

/** What a model's matrices become when it is loaded: see `WeightFormat` of @anabranch/checkpoints. */
export interface WeightHandling {
  readonly format: WeightFormat;
  readonly blockSize: number | undefined;
}

/** @throws UnsupportedError for a weight format that the backend does not take; InvalidArgumentError for a block size */
export function prepareWeights(
  weights: ModelWeights,
  formats: readonly WeightTensor["format"][],
  { format, blockSize }: WeightHandling,
): ModelWeights {
  const { spec, tensors } = weights;
  for (const [name, tensor] of tensors) {
    if (formats.includes(tensor.format)) continue;
    throw new UnsupportedError(`${name} is stored as ${tensor.format}; this backend takes ${formats.join(", ")}.`, {
      subject: "weightFormats",
      cure: "Convert the weights.",
    });
  }
  if (format === "as-stored") return weights;
  const converted = new Map<string, WeightTensor>();
  for (const [name, tensor] of tensors) converted.set(name, convertWeight(name, tensor, format, blockSize));
  return { spec, tensors: converted };
}
