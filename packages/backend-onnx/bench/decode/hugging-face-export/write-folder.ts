import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openGguf, writeModelConfig } from "@anabranch/checkpoints";
import type { ModelWeights } from "@anabranch/core";
import { encodeModel } from "../../../src/proto/encode-model.js";
import { decoderGraph } from "./decoder-graph.js";
import { tokenizerFiles } from "./tokenizer-files.js";

/** What transformers.js calls the ONNX file of each of its formats. */
const FILES = { fp32: "model.onnx", q8: "model_quantized.onnx", q4: "model_q4.onnx" } as const;

export type TransformersFormat = keyof typeof FILES;

/**
 * A model as transformers.js loads it from a folder, since it reads no GGUF.
 *
 * @param gguf where the tokenizer is
 */
export async function writeFolder(
  folder: string,
  weights: ModelWeights,
  format: TransformersFormat,
  gguf: string,
): Promise<void> {
  const source = await openGguf(gguf);
  const { tokenizer, config } = tokenizerFiles(source.metadata);
  await source.close();
  const tokens = { bosTokenId: 1, eosTokenIds: [2], padTokenId: 2 };
  const json: Readonly<Record<string, unknown>> = {
    "config.json": writeModelConfig(weights.spec, tokens),
    "generation_config.json": { bos_token_id: 1, eos_token_id: 2, pad_token_id: 2 },
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": config,
  };
  await mkdir(join(folder, "onnx"), { recursive: true });
  for (const [name, content] of Object.entries(json)) await writeFile(join(folder, name), JSON.stringify(content));
  await writeFile(join(folder, "onnx", FILES[format]), encodeModel(decoderGraph(weights)));
}
