import type { TokenizerComponent } from "../tokenizer-json.js";
import { flag, type GgufMetadata, invalidKey } from "./metadata.js";
import type { GgufVocabulary } from "./vocabulary.js";

/** The post-processor that adds the tokens which the file asks for around a text; null for none. */
export function aroundText(
  metadata: GgufMetadata,
  vocabulary: GgufVocabulary,
  addBosByDefault: boolean,
): TokenizerComponent | null {
  const chosen = (name: "bos" | "eos", fallback: boolean): string[] => {
    if (!flag(metadata, `tokenizer.ggml.add_${name}_token`, fallback)) return [];
    const token = vocabulary[name];
    const key = `tokenizer.ggml.${name}_token_id`;
    if (token === undefined) throw invalidKey(key, "is missing, and texts are to have that token around them");
    return [token];
  };
  const before = chosen("bos", addBosByDefault);
  const after = chosen("eos", false);
  if (before.length + after.length === 0) return null;
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const text = (id: "A" | "B") => [...before.map(special), { Sequence: { id, type_id: 0 } }, ...after.map(special)];
  return {
    type: "TemplateProcessing",
    single: text("A"),
    pair: [...text("A"), ...text("B")],
    special_tokens: Object.fromEntries(
      [...before, ...after].map((token) => [token, { id: token, ids: [vocabulary.ids.get(token)], tokens: [token] }]),
    ),
  };
}
