import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openGguf, requantizeGguf } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import { benchCache, modelFile } from "../smollm2.js";
import { type TransformersFormat, writeFolder } from "./hugging-face-export/write-folder.js";
import type { DecodeTask } from "./report.js";

export type Format = "int8" | "int4" | "float32";

/** The same weights for llama.cpp: the file itself holds 4 bits; others are written from it. */
export async function ggufFor(weights: Format): Promise<string> {
  if (weights === "int4") return modelFile;
  const type = weights === "int8" ? "Q8_0" : "F32";
  const file = join(benchCache, `SmolLM2-135M-Instruct.${type}.gguf`);
  if (existsSync(file)) return file;
  await mkdir(benchCache, { recursive: true });
  const source = await openGguf(modelFile);
  await requantizeGguf(source, file, type);
  await source.close();
  return file;
}

export const transformersFormats: Readonly<Record<Format, TransformersFormat>> = {
  float32: "fp32",
  int8: "q8",
  int4: "q4",
};

/** And for transformers.js: the very tensors that we load. */
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
