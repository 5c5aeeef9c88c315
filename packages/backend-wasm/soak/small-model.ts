import { fileURLToPath } from "node:url";
import { loadAdapter, loadModel } from "@anabranch/checkpoints";
import type { Adapter, ModelWeights } from "@anabranch/core";
import { lossless } from "@anabranch/model-e2e";

/** The embedded model of 6 million weights, at 8 bits, and the streams that were trained for it. */
export async function smallModel(): Promise<{ weights: ModelWeights; adapter: Adapter }> {
  const { weights } = await loadModel(fileURLToPath(lossless.model));
  const { adapter } = await loadAdapter(fileURLToPath(lossless.adapter), { base: weights });
  return { weights, adapter };
}
