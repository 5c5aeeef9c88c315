import { IoError } from "@anabranch/core";
import { loadTokenizer } from "../load-tokenizer.js";
import type { Tokenizer } from "../tokenizer.js";
import { nodeModules } from "./node-modules.js";
import { readTokenizerFile } from "./read-tokenizer-file.js";

/**
 * Loads tokenizer.json, and tokenizer_config.json and chat_template.jinja if they are there, from a folder. Node, Bun and Deno only.
 *
 * Files with a checksum beside them (see {@link writeTokenizer}) are held against it.
 *
 * @throws IoError when the folder has no tokenizer.json or it cannot be read
 * @throws ChecksumError when a file is not as it was written
 * @throws InvalidFileError, UnsupportedError as {@link loadTokenizer} does
 */
export async function loadTokenizerFolder(path: string): Promise<Tokenizer> {
  const { join } = nodeModules().path;
  const file = join(path, "tokenizer.json");
  const tokenizer = await readTokenizerFile(file);
  if (tokenizer === undefined) {
    throw new IoError(`${file} does not exist.`, {
      subject: file,
      cure: "Give the folder of a Hugging Face model; fromVocabularyAndMerges reads the older vocab.json and merges.txt.",
    });
  }
  const config = await readTokenizerFile(join(path, "tokenizer_config.json"));
  const origin = join(path, "chat_template.jinja");
  // Where both are there, transformers takes the template's own file.
  const source = await readTokenizerFile(origin);
  return loadTokenizer({ tokenizer, config, chatTemplate: source === undefined ? undefined : { source, origin } });
}
