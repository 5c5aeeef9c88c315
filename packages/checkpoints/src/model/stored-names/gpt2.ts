import { inLayer, type StoredNames, stemAndKind } from "./stored-name.js";

const outside: Readonly<Record<string, string>> = {
  "model.embed_tokens": "wte",
  "model.embed_positions": "wpe",
  "model.norm": "ln_f",
};

const norms: Readonly<Record<string, string>> = { input_layernorm: "ln_1", post_attention_layernorm: "ln_2" };

/** Names of linear maps, with the third of the stored matrix that ours is. */
const maps: Readonly<Record<string, readonly [name: string, third?: number]>> = {
  "self_attn.q_proj": ["attn.c_attn", 0],
  "self_attn.k_proj": ["attn.c_attn", 1],
  "self_attn.v_proj": ["attn.c_attn", 2],
  "self_attn.o_proj": ["attn.c_proj"],
  "mlp.up_proj": ["mlp.c_fc"],
  "mlp.down_proj": ["mlp.c_proj"],
};

/** Queries, keys and values are one matrix, and matrices are [in, out]. */
export const gpt2Names: StoredNames = {
  prefixes: ["transformer.", ""],
  heads: ["lm_head.weight"],
  of: (parameter, { hiddenSize }, convention) => {
    const place = inLayer(parameter);
    const { stem, kind } = stemAndKind(place?.inside ?? parameter);
    if (place === undefined) return { name: `${outside[stem]}.${kind}` };
    const norm = norms[stem];
    if (norm !== undefined) return { name: `h.${place.layer}.${norm}.${kind}` };
    const [name, third] = maps[stem] as readonly [string, number?];
    return {
      name: `h.${place.layer}.${name}.${kind}`,
      ...(third !== undefined && { rows: [third * hiddenSize, (third + 1) * hiddenSize] as const }),
      transposed: convention === "hugging-face" && kind === "weight",
    };
  },
};
