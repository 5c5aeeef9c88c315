import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openGguf, requantizeGguf } from "@anabranch/checkpoints";
import { benchCache, modelFile } from "./smollm2.js";

export type GgufWeights = "int8" | "int4" | "float32";

/** SmolLM2 as a GGUF file with these weights: the file itself holds 4 bits; others are written from it, once. */
export async function ggufFor(weights: GgufWeights): Promise<string> {
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
