/** A model's tensors outside of the layers: GGUF's name to Hugging Face's, without ".weight". */
export type NameTable = Readonly<Record<string, string>>;

export interface ArchitectureNames {
  readonly outside: NameTable;
  /** What stands before a layer's number in Hugging Face's names. */
  readonly layers: string;
  /** Inside of `blk.<layer>.`. */
  readonly inside: NameTable;
}

const outside: NameTable = { token_embd: "model.embed_tokens", output_norm: "model.norm", output: "lm_head" };

export const llamaNames: ArchitectureNames = {
  outside,
  layers: "model.layers",
  inside: {
    attn_norm: "input_layernorm",
    attn_q: "self_attn.q_proj",
    attn_k: "self_attn.k_proj",
    attn_v: "self_attn.v_proj",
    attn_q_norm: "self_attn.q_norm",
    attn_k_norm: "self_attn.k_norm",
    attn_output: "self_attn.o_proj",
    ffn_norm: "post_attention_layernorm",
    ffn_gate: "mlp.gate_proj",
    ffn_up: "mlp.up_proj",
    ffn_down: "mlp.down_proj",
  },
};

export const phi3Names: ArchitectureNames = {
  ...llamaNames,
  inside: { ...llamaNames.inside, attn_qkv: "self_attn.qkv_proj", ffn_up: "mlp.gate_up_proj" },
};

export const gemma3Names: ArchitectureNames = {
  ...llamaNames,
  inside: {
    ...llamaNames.inside,
    post_attention_norm: "post_attention_layernorm",
    ffn_norm: "pre_feedforward_layernorm",
    post_ffw_norm: "post_feedforward_layernorm",
  },
};

export const gpt2Names: ArchitectureNames = {
  outside: {
    token_embd: "transformer.wte",
    position_embd: "transformer.wpe",
    output_norm: "transformer.ln_f",
    output: "lm_head",
  },
  layers: "transformer.h",
  inside: {
    attn_norm: "ln_1",
    attn_qkv: "attn.c_attn",
    attn_output: "attn.c_proj",
    ffn_norm: "ln_2",
    ffn_up: "mlp.c_fc",
    ffn_down: "mlp.c_proj",
  },
};

/** Hugging Face's name of a GGUF tensor; undefined for one that its architecture does not have. */
export function huggingFaceName(name: string, { outside, layers, inside }: ArchitectureNames): string | undefined {
  const parts = /^(?:blk\.(\d+)\.)?([^.]+)\.(weight|bias)$/.exec(name);
  if (parts === null) return undefined;
  const [, layer, base = "", kind] = parts;
  const table = layer === undefined ? outside : inside;
  if (!Object.hasOwn(table, base)) return undefined;
  return layer === undefined ? `${table[base]}.${kind}` : `${layers}.${layer}.${table[base]}.${kind}`;
}
