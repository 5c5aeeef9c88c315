import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, loadAdapter, loadModel, saveAdapter, saveLora, saveModel } from "@anabranch/checkpoints";
import type { Tokenizer } from "@anabranch/tokenizers";
import type { TrainResult } from "@anabranch/training";
import type { RunTrainingOptions } from "./run-training.js";

/** Of shipped int8 weights: the scales are 3% of the file, where blocks of 32 would make them 11%. */
const WEIGHTS_A_SCALE = 128;

/**
 * Writes a trained model with its tokenizer and, in shared mode, its adapter; of a model that stayed as it was the adapter alone,
 * which without streams is a plain LoRA.
 *
 * @throws IoError; whatever saving throws.
 */
export async function saveResult(
  result: TrainResult,
  tokenizer: Tokenizer,
  options: RunTrainingOptions,
): Promise<void> {
  const { mode, out, base, format = "int8" } = options;
  const { weights, adapter } = result;
  const baseModel = base === undefined ? {} : { baseModel: options.baseName ?? base };
  const lora = adapter?.streams.lora;
  if (mode === "next-token" && adapter !== undefined && lora !== undefined) {
    // PEFT reads no int8.
    return saveLora(out, { spec: lora, tensors: adapter.tensors, format: options.format ?? "f32", ...baseModel });
  }
  if (adapter !== undefined && mode === "pruning" && options.from !== undefined) {
    // Whatever else the adapter knew stays with it.
    const { adapter: _, ...settings } = await loadAdapter(options.from);
    return saveAdapter(out, adapter, { ...settings, format });
  }
  if (mode === "lossless" || options.lora) {
    if (adapter === undefined) return;
    const baseFingerprint = await fingerprint(weights);
    return saveAdapter(out, { ...adapter, baseFingerprint }, { format, ...baseModel });
  }
  const end = tokenizer.eosToken;
  const start = tokenizer.bosToken;
  if (base !== undefined) await copyTokenizer(base, out);
  const config = { eosTokenIds: end === undefined ? [] : [end], ...(start === undefined ? {} : { bosTokenId: start }) };
  await saveModel(out, weights, { format, blockSize: WEIGHTS_A_SCALE, config });
  if (adapter === undefined) return;
  const baseFingerprint = await fingerprint((await loadModel(out)).weights);
  await saveAdapter(join(out, "adapter"), { ...adapter, baseFingerprint }, { format });
}

/** A model's folder is complete in itself. */
async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(join(from, name), join(to, name));
    // The checksum beside it is there for tokenizers that we wrote.
    await copyFile(join(from, `${name}.sha256`), join(to, `${name}.sha256`)).catch(() => undefined);
  }
}
