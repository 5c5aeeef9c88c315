import { type ModelWeights, toFloat32, UnsupportedError, type WeightTensor } from "@anabranch/core";

/** as-stored: 8-bit weights run as 8-bit; float32: they are dequantised when the model is loaded (4 times the memory). */
export type WeightHandling = "as-stored" | "float32";

/** @throws UnsupportedError for a family or a weight format that the backend does not take */
export function prepareWeights(
  weights: ModelWeights,
  formats: readonly WeightTensor["format"][],
  handling: WeightHandling,
): ModelWeights {
  const { spec, tensors } = weights;
  if (spec.family !== "llama") {
    throw new UnsupportedError(`This backend has no model family "${spec.family}".`, { subject: "family" });
  }
  for (const [name, { format }] of tensors) {
    if (formats.includes(format)) continue;
    throw new UnsupportedError(`${name} is stored as ${format}; this backend takes ${formats.join(", ")}.`, {
      subject: "weightFormats",
      cure: "Convert the weights.",
    });
  }
  if (handling === "as-stored") return weights;
  const dense = new Map<string, WeightTensor>();
  for (const [name, tensor] of tensors) {
    dense.set(name, { format: "f32", shape: tensor.shape, data: toFloat32(tensor) });
  }
  return { spec, tensors: dense };
}
