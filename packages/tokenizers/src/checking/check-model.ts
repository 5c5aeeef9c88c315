import { unsupported } from "./check-component.js";
import { asArray, asFields, asId, checkFields, type Fields, invalid, isId } from "./fields.js";

const path = "tokenizer.json: model";

/**
 * Checks the model of a tokenizer.json.
 *
 * @returns the vocabulary, token -> id
 */
export function checkModel(value: unknown): Map<string, number> {
  const model = asFields(value, path);
  const type = model.type ?? guessType(model);
  checkFields(model, { unk_token: "string?" }, path);
  switch (type) {
    case "BPE":
      return checkBpe(model);
    case "WordPiece":
      checkFields(model, { continuing_subword_prefix: "string?", max_input_chars_per_word: "positive?" }, path);
      return checkVocabulary(model.vocab);
    case "Unigram":
      return checkUnigram(model);
    case "WordLevel":
      throw unsupported(`${path}.type`, "model of type WordLevel");
    default:
      throw invalid(`${path}.type`, "is none of BPE, WordPiece and Unigram");
  }
}

/** Old files leave the type out. */
function guessType(model: Fields): string {
  return model.merges !== undefined ? "BPE" : Array.isArray(model.vocab) ? "Unigram" : "WordPiece";
}

function checkBpe(model: Fields): Map<string, number> {
  const flags = { fuse_unk: "boolean?", byte_fallback: "boolean?", ignore_merges: "boolean?" };
  const names = { continuing_subword_prefix: "string?", end_of_word_suffix: "string?", dropout: "number?" };
  checkFields(model, { ...flags, ...names }, path);
  for (const name of ["dropout", "continuing_subword_prefix"]) {
    if (model[name]) throw unsupported(`${path}.${name}`, `BPE with ${name}`);
  }
  const vocabulary = checkVocabulary(model.vocab);
  const merges = asArray(model.merges, `${path}.merges`);
  const joinedBySpace = typeof merges[0] === "string";
  merges.forEach((merge, index) => {
    // Mixed forms would be read in the form of the first.
    const pair = joinedBySpace && typeof merge === "string" ? merge.split(" ") : joinedBySpace ? [] : merge;
    const [left, right] = Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : [];
    if (typeof left !== "string" || typeof right !== "string") throw invalid(`${path}.merges[${index}]`, "is no pair");
    const missing = [left, right, left + right].find((token) => !vocabulary.has(token));
    if (missing === undefined) return;
    throw invalid(`${path}.merges[${index}]`, `needs "${missing}", not in the vocabulary`);
  });
  return vocabulary;
}

function checkUnigram(model: Fields): Map<string, number> {
  if (model.byte_fallback === true) throw unsupported(`${path}.byte_fallback`, "Unigram with byte fallback");
  const vocabulary = new Map<string, number>();
  const entries = asArray(model.vocab, `${path}.vocab`);
  entries.forEach((entry, id) => {
    const [token, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof token !== "string" || typeof score !== "number") throw invalid(`${path}.vocab[${id}]`, "is no entry");
    vocabulary.set(token, id);
  });
  if (asId(model.unk_id, `${path}.unk_id`) >= entries.length) throw invalid(`${path}.unk_id`, "is past the vocabulary");
  return vocabulary;
}

function checkVocabulary(value: unknown): Map<string, number> {
  const vocabulary = new Map<string, number>();
  const seen = new Set<number>();
  for (const [token, id] of Object.entries(asFields(value, `${path}.vocab`))) {
    // A vocabulary has up to hundreds of thousands of tokens: paths are only spelt out for errors.
    if (!isId(id)) throw invalid(`${path}.vocab["${token}"]`, "is not a token id");
    if (seen.has(id)) throw invalid(`${path}.vocab["${token}"]`, `shares id ${id} with another token`);
    seen.add(id);
    vocabulary.set(token, id);
  }
  return vocabulary;
}
