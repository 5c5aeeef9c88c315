import { LINEAR_MODULES, linearShape, type ModelSpec } from "@anabranch/core";
import type { Batch } from "../src/batches/index.js";
import type { TrainingSubject } from "../src/train/objective-of.js";

/**
 * Floating-point operations of a step's matrix products, counted from the shapes of the batch as it is run (padding
 * included: the machine computes it). Softmax, norms and the like count nothing.
 */
export function stepFlops(spec: ModelSpec, { mode, adapter }: TrainingSubject, { inputs }: Batch): number {
  const length = (name: string, axis: number): number => inputs[name]?.shape[axis] ?? 0;
  const msaLayers = mode === "next-token" ? 0 : (adapter?.streams.msaLayers ?? 0);
  const gamma = adapter?.streams.gamma ?? 0;
  const weights = LINEAR_MODULES.reduce((sum, module) => {
    const [out, input] = linearShape(spec, module);
    return sum + out * input;
  }, 0);
  const head = spec.vocabularySize * spec.hiddenSize;
  const width = spec.heads * spec.headSize;
  if (mode === "lossless") {
    const batch = length("hidden.3.main", 0);
    const rows = batch * length("hidden.3.main", 1) * gamma;
    const slots = length("past.3.keys", 1);
    const rank = adapter?.streams.lora?.rank ?? 0;
    const lora = LINEAR_MODULES.reduce((sum, module) => {
      const [out, input] = linearShape(spec, module);
      return sum + rank * (out + input);
    }, 0);
    // Frozen weights: forward, and backward to the states. Attention: two products forward, two back (no past gradient).
    return 2 * rows * (msaLayers * (2 * weights + 3 * lora) + 2 * head) + 2 * rows * msaLayers * width * slots * 4;
  }
  const batch = length("tokens", 0);
  const rows = length("tokens", 1);
  const group = length("rows.group", 1);
  const upper = msaLayers === 0 ? rows : length("rows.rest", 1) + group * (1 + gamma);
  const read = mode === "next-token" ? length("read.main", 1) : group * (1 + gamma);
  const products = (spec.layers - msaLayers) * rows * weights + msaLayers * upper * weights + read * head;
  const keys = length("rows.rest", 1) + group;
  const attention = (spec.layers - msaLayers) * rows * rows + msaLayers * upper * keys;
  // Each product forward is two backward; a multiply-add is two operations.
  return batch * 2 * 3 * (products + 2 * width * attention);
}
