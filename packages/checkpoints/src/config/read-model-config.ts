import { InvalidFileError, type ModelSpec } from "@anabranch/core";
import * as v from "valibot";
import { checkFields, positive, size } from "./check-fields.js";
import type { ModelConfig } from "./model-config.js";
import { ropeTheta } from "./rope-theta.js";
import { refuseUnsupportedFields } from "./unsupported-fields.js";

const tokenId = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Hugging Face's names; the defaults are those of its LlamaConfig. */
const schema = v.object({
  vocab_size: size(),
  hidden_size: size(),
  intermediate_size: size(),
  num_hidden_layers: size(4096),
  num_attention_heads: size(),
  num_key_value_heads: v.nullish(size()),
  head_dim: v.nullish(size()),
  rms_norm_eps: v.nullish(positive(), 1e-6),
  max_position_embeddings: v.nullish(size(), 2048),
  tie_word_embeddings: v.nullish(v.boolean(), false),
  bos_token_id: v.nullish(tokenId),
  eos_token_id: v.nullish(v.union([tokenId, v.array(tokenId)])),
  // -1 is how some old files say "none".
  pad_token_id: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(-1))),
});

/**
 * Reads a parsed Hugging Face config.json of the Llama family, as transformers 4 and 5 write it.
 *
 * @param json the file's content
 * @param file for messages
 * @throws UnsupportedError naming the field for anything that would change the arithmetic and is not computed here
 * @throws InvalidFileError naming the field for a missing or impossible value
 */
export function readModelConfig(json: Readonly<Record<string, unknown>>, file = "config.json"): ModelConfig {
  refuseUnsupportedFields(json, file);
  const fields = checkFields(schema, json, file);
  const heads = fields.num_attention_heads;
  const spec: ModelSpec = {
    family: "llama",
    vocabularySize: fields.vocab_size,
    hiddenSize: fields.hidden_size,
    layers: fields.num_hidden_layers,
    heads,
    kvHeads: fields.num_key_value_heads ?? heads,
    headSize: fields.head_dim ?? fields.hidden_size / heads,
    mlpSize: fields.intermediate_size,
    normEpsilon: fields.rms_norm_eps,
    rope: { theta: ropeTheta(json, file) },
    maxPositions: fields.max_position_embeddings,
    tiedHead: fields.tie_word_embeddings,
  };
  checkHeads(spec, file);
  const eos = fields.eos_token_id;
  return {
    spec,
    eosTokenIds: eos === null || eos === undefined ? [] : [eos].flat(),
    ...optional("bosTokenId", fields.bos_token_id),
    ...optional("padTokenId", fields.pad_token_id === -1 ? null : fields.pad_token_id),
  };
}

function checkHeads({ heads, kvHeads, headSize }: ModelSpec, file: string): void {
  const fail = (field: string, what: string) => {
    throw new InvalidFileError(`${file}: field "${field}" is not valid: ${what}.`, { subject: field });
  };
  if (heads % kvHeads !== 0) fail("num_key_value_heads", `${heads} heads are no multiple of ${kvHeads}`);
  if (!Number.isInteger(headSize)) fail("num_attention_heads", "hidden_size is no multiple of it");
  if (headSize % 2 !== 0) fail("head_dim", `RoPE turns pairs, and ${headSize} is odd`);
}

const optional = <Key extends string>(key: Key, value: number | null | undefined) =>
  (value === null || value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: number };
