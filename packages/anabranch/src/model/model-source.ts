import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openGguf } from "@anabranch/checkpoints";
import { loadTokenizerFolder, type Tokenizer, tokenizerFromGguf } from "@anabranch/tokenizers";

const isGguf = (path: string): boolean => /\.gguf$/i.test(path);

/**
 * The file or folder to load a model from: a folder that holds nothing but one GGUF file of a model stands for that file.
 */
export async function modelSource(path: string): Promise<string> {
  if (isGguf(path)) return path;
  const files = await readdir(path).catch((): string[] => []);
  const ggufs = files.filter(isGguf);
  const [only] = ggufs;
  return only !== undefined && ggufs.length === 1 && !files.includes("config.json") ? join(path, only) : path;
}

/** @throws what the tokenizers' loaders throw */
export async function loadTokenizer(source: string): Promise<Tokenizer> {
  if (!isGguf(source)) return loadTokenizerFolder(source);
  const file = await openGguf(source);
  try {
    return tokenizerFromGguf(file.metadata);
  } finally {
    await file.close();
  }
}

/**
 * Tokens that end a text: those of the configuration, the tokenizer's, and those of generation_config.json, where makers of
 * chat models put the end of a turn.
 */
export async function stopTokensOf(
  source: string,
  tokenizer: Tokenizer,
  eosTokenIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const generation = isGguf(source) ? [] : await eosOfGenerationConfig(join(source, "generation_config.json"));
  return new Set([...eosTokenIds, ...generation, ...(tokenizer.eosToken === undefined ? [] : [tokenizer.eosToken])]);
}

/** What is absent or cannot be understood ends no text: the file holds defaults, not the model. */
async function eosOfGenerationConfig(path: string): Promise<number[]> {
  try {
    const { eos_token_id: ids } = JSON.parse(await readFile(path, "utf8")) as { eos_token_id?: unknown };
    return [ids].flat().filter((id): id is number => Number.isSafeInteger(id));
  } catch {
    return [];
  }
}
