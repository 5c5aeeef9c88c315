import { loadConverted } from "@anabranch/checkpoints/node";
import { type TransformersFormat, writeFolder } from "./hugging-face-export/write-folder.js";
import type { DecodeTask } from "./report.js";

export type Format = "int8" | "int4" | "float32";

export const transformersFormats: Readonly<Record<Format, TransformersFormat>> = {
  float32: "fp32",
  int8: "q8",
  int4: "q4",
};

/** The same weights for transformers.js: the very tensors that we load. */
export async function exportForTransformers({
  file,
  weights,
  blockSize,
  cache,
  transformers,
}: DecodeTask): Promise<void> {
  const loaded = await loadConverted(file, { weights, blockSize, cache });
  await writeFolder(transformers.folder, loaded.weights, transformers.format, file);
}
