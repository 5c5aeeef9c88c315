import { ggufPartNames, isGgufPath, openGguf } from "@anabranch/checkpoints";
import { IoError } from "@anabranch/core";
import { loadTokenizer, type Tokenizer, tokenizerFromGguf } from "@anabranch/tokenizers";

/**
 * The tokenizer among a model's files.
 *
 * @throws IoError where there is none; what the tokenizers' loaders throw
 */
export async function readTokenizer(files: ReadonlyMap<string, Blob>): Promise<Tokenizer> {
  const text = async (name: string): Promise<string | undefined> => files.get(name)?.text();
  const tokenizer = await text("tokenizer.json");
  if (tokenizer !== undefined) {
    const origin = "chat_template.jinja";
    const source = await text(origin);
    return loadTokenizer({
      tokenizer,
      config: await text("tokenizer_config.json"),
      chatTemplate: source === undefined ? undefined : { source, origin },
    });
  }
  const gguf = [...files.keys()].find(isGgufPath);
  const blob = gguf === undefined ? undefined : files.get(ggufPartNames(gguf)[0] as string);
  if (blob === undefined) {
    const cure = "Pass that file too.";
    throw new IoError("There is no tokenizer.json among the files.", { subject: "tokenizer.json", cure });
  }
  const file = await openGguf(blob);
  try {
    return tokenizerFromGguf(file.metadata);
  } finally {
    await file.close();
  }
}
