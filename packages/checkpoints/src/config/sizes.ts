import type { ModelSpec } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";

/** The most layers that a file may claim: what is built for each of them must fit memory. */
export const MOST_LAYERS = 4096;

export interface SizeDefaults {
  /** Query heads when the file has none; required when absent here too. */
  readonly heads?: number;
  /** Key and value heads where `num_key_value_heads` is absent; as many as query heads when absent here too. */
  readonly kvHeads?: number;
  readonly headSize?: number;
  readonly normEpsilon?: number;
  readonly maxPositions: number;
  readonly tiedHead?: boolean;
}

type Sizes = Pick<
  ModelSpec,
  | "vocabularySize"
  | "hiddenSize"
  | "layers"
  | "heads"
  | "kvHeads"
  | "headSize"
  | "mlpSize"
  | "normEpsilon"
  | "maxPositions"
  | "tiedHead"
>;

/** The sizes that all families spell as Llama does; the defaults are those of the family's class in transformers. */
export function readSizes(fields: ConfigFields, defaults: SizeDefaults): Sizes {
  const hiddenSize = fields.size("hidden_size");
  const heads = fields.size("num_attention_heads", defaults.heads);
  const kvDefault = "num_key_value_heads" in fields.json ? heads : (defaults.kvHeads ?? heads);
  return checkHeads(fields, {
    vocabularySize: fields.size("vocab_size"),
    hiddenSize,
    layers: fields.size("num_hidden_layers", undefined, MOST_LAYERS),
    heads,
    kvHeads: fields.size("num_key_value_heads", kvDefault),
    headSize: fields.size("head_dim", defaults.headSize ?? hiddenSize / heads),
    mlpSize: fields.size("intermediate_size"),
    normEpsilon: fields.positive("rms_norm_eps", defaults.normEpsilon ?? 1e-6),
    maxPositions: fields.size("max_position_embeddings", defaults.maxPositions),
    tiedHead: fields.flag("tie_word_embeddings", defaults.tiedHead ?? false),
  });
}

function checkHeads(fields: ConfigFields, sizes: Sizes): Sizes {
  const { heads, kvHeads, headSize } = sizes;
  if (heads % kvHeads !== 0)
    throw fields.invalid("num_key_value_heads", `${heads} heads are no multiple of ${kvHeads}`);
  if (!Number.isInteger(headSize)) throw fields.invalid("num_attention_heads", "hidden_size is no multiple of it");
  if (headSize % 2 !== 0) throw fields.invalid("head_dim", `RoPE turns pairs, and ${headSize} is odd`);
  return sizes;
}
