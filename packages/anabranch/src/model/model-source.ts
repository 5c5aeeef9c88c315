import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ggufPartNames, isGgufPath, openGguf } from "@anabranch/checkpoints";
import { loadTokenizerFolder, type Tokenizer, tokenizerFromGguf } from "@anabranch/tokenizers";

/**
 * The file or folder to load a model from: a folder that holds nothing but one GGUF file of a model, or its parts, stands
 * for that file.
 */
export async function modelSource(path: string): Promise<string> {
  if (isGgufPath(path)) return path;
  const files = await readdir(path).catch((): string[] => []);
  const [first, ...others] = files.filter(isGgufPath).sort();
  if (first === undefined || files.includes("config.json")) return path;
  const parts = ggufPartNames(first);
  return others.every((name) => parts.includes(name)) ? join(path, first) : path;
}

/** @throws what the tokenizers' loaders throw */
export async function loadTokenizer(source: string): Promise<Tokenizer> {
  if (!isGgufPath(source)) return loadTokenizerFolder(source);
  const file = await openGguf(source);
  try {
    return tokenizerFromGguf(file.metadata);
  } finally {
    await file.close();
  }
}
