import { quantizeInt8 } from "@anabranch/checkpoints";
import type { WeightTensor } from "@anabranch/core";

/** How deferred streams compute: see `GraphBackendLimits.draftWeights`. */
export type DraftWeights = "as-loaded" | "int8";

/** Weights a scale: coarse, since a wrong draft costs a little time and never a wrong word. */
const BLOCK = 128;

/**
 * The weights of deferred streams with the base's matrices rounded to 8 bits (LoRA folded into them before). Streams only
 * propose; whatever they read is verified by the model as it was loaded.
 */
export function draftWeights(weights: ReadonlyMap<string, WeightTensor>): Map<string, WeightTensor> {
  return new Map([...weights].map(([name, tensor]) => [name, isBaseMatrix(name, tensor) ? rounded(tensor) : tensor]));
}

/** Adapter tensors are small, and added at full precision. */
function isBaseMatrix(name: string, { shape }: WeightTensor): boolean {
  return shape.length === 2 && !name.startsWith("streams.") && !name.includes(".lora_");
}

function rounded(tensor: WeightTensor): WeightTensor {
  return tensor.format === "f32" ? quantizeInt8(tensor, BLOCK) : tensor;
}
