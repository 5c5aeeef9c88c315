import { UnsupportedError } from "@anabranch/core";
import { invalidGguf } from "../invalid.js";
import type { GgufFile } from "../open-gguf.js";
import { splitOf } from "../split/split-of.js";
import { ArchitectureFields } from "./architecture-fields.js";
import { type Architecture, architectures } from "./architectures.js";

/** The architecture that the file names. @throws UnsupportedError for one that is not computed */
export function architectureOf(file: GgufFile): { name: string; architecture: Architecture } {
  const name = file.metadata.get("general.architecture");
  if (typeof name !== "string") {
    throw invalidGguf(file.name, '"general.architecture" is missing', "general.architecture");
  }
  const architecture = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (architecture !== undefined) return { name, architecture };
  throw new UnsupportedError(`${file.name}: "general.architecture" is "${name}", which Anabranch does not compute.`, {
    subject: "general.architecture",
    cure: `Use a model of one of these: ${Object.keys(architectures).join(", ")}.`,
  });
}

/**
 * A GGUF file's metadata as the config.json that the model would have on Hugging Face (as transformers 4 writes it).
 *
 * @throws UnsupportedError naming a key that would change the arithmetic and is not understood; InvalidFileError
 */
export async function ggufConfig(file: GgufFile): Promise<Record<string, unknown>> {
  const { name, architecture } = architectureOf(file);
  refuseParts(file);
  const embedding = file.tensors.get("token_embd.weight");
  if (embedding?.shape.length !== 2) {
    throw invalidGguf(file.name, 'it has no matrix "token_embd.weight"', "token_embd.weight");
  }
  const fields = new ArchitectureFields(file, name);
  const config = await architecture.config(fields, file);
  fields.harmless("vocab_size", [embedding.shape[0] as number]);
  fields.harmless("expert_count", [0]);
  fields.harmless("expert_used_count", [0]);
  fields.harmless("attention.causal", [true]);
  fields.ignore("tensor_data_layout");
  fields.refuseOthers();
  return {
    ...config,
    vocab_size: embedding.shape[0],
    tie_word_embeddings: !file.tensors.has("output.weight"),
    ...tokens(file),
  };
}

/** A part alone has some of the tensors only. */
function refuseParts(file: GgufFile): void {
  const split = splitOf(file);
  if (split === undefined) return;
  throw new UnsupportedError(`${file.name} is one of ${split.count} parts ("split.count") of a model.`, {
    subject: "split.count",
    cure: "Open it with openGgufModel, which opens all of them.",
  });
}

function tokens(file: GgufFile): Record<string, unknown> {
  const id = (name: string): number | undefined => {
    const key = `tokenizer.ggml.${name}_token_id`;
    const value = file.metadata.get(key);
    if (value === undefined || typeof value === "number") return value;
    throw invalidGguf(file.name, `"${key}" is no number`, key);
  };
  const ends = [id("eos"), id("eot"), id("eom")].filter((end) => end !== undefined);
  return { bos_token_id: id("bos") ?? null, eos_token_id: [...new Set(ends)], pad_token_id: id("padding") ?? null };
}
