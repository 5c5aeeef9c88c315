import { join } from "node:path";
import { loadTokenizerFolder, type Tokenizer, trainByteLevelBpe, writeTokenizer } from "@anabranch/tokenizers";
import type { TaskExample } from "../tasks/task.js";

/** Ids 0, 1 and 2: the end of a text, the start of a prompt, and what stands between prompt and answer. */
const SPECIAL_TOKENS = ["<|end|>", "<|facts|>", "<|text|>"] as const;

const [endToken, promptToken, answerToken] = SPECIAL_TOKENS;

/**
 * Trains a byte-level BPE on a task's prompts and answers and writes it to `folder`. Encoding a prompt frames it:
 * `<|facts|>` prompt `<|text|>`, by the file's own post-processor, so that any loader of tokenizer.json does the same.
 */
export async function trainTaskTokenizer(
  folder: string,
  examples: readonly TaskExample[],
  vocabularySize: number,
): Promise<Tokenizer> {
  const texts = examples.flatMap(({ prompt, references }) => [prompt, ...references]);
  const trained = trainByteLevelBpe(texts, { vocabularySize, specialTokens: SPECIAL_TOKENS });
  await writeTokenizer(join(folder, "tokenizer.json"), { ...trained, post_processor: frame() });
  await writeTokenizer(join(folder, "tokenizer_config.json"), { bos_token: promptToken, eos_token: endToken });
  return loadTokenizerFolder(folder);
}

function frame() {
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const entry = (token: string) => [
    token,
    { id: token, ids: [SPECIAL_TOKENS.indexOf(token as never)], tokens: [token] },
  ];
  return {
    type: "TemplateProcessing",
    single: [special(promptToken), { Sequence: { id: "A", type_id: 0 } }, special(answerToken)],
    pair: [
      special(promptToken),
      { Sequence: { id: "A", type_id: 0 } },
      special(answerToken),
      { Sequence: { id: "B", type_id: 0 } },
    ],
    special_tokens: Object.fromEntries([entry(promptToken), entry(answerToken)]),
  };
}
