import type { Float32Tensor } from "@anabranch/core";
import {
  encodeBlocks,
  encodeGguf,
  type GgufValue,
  type GgufValueType,
  type NewGgufTensor,
  type WritableType,
} from "../../src/index.js";

type Config = Readonly<Record<string, unknown>>;
type Tensors = ReadonlyMap<string, Float32Tensor>;
type Entries = Record<string, readonly [GgufValueType, GgufValue]>;

/** Hugging Face's names in llama.cpp's words, written down from its documentation; the first that matches is taken. */
const llamaWords: readonly (readonly [RegExp, string])[] = [
  [/^(model\.embed_tokens|transformer\.wte)\./, "token_embd."],
  [/^transformer\.wpe\./, "position_embd."],
  [/^(model\.norm|transformer\.ln_f)\./, "output_norm."],
  [/^lm_head\./, "output."],
  [/^(model\.layers|transformer\.h)\.(\d+)\./, "blk.$2."],
];

const inLayer: readonly (readonly [RegExp, string])[] = [
  [/self_attn\.q_proj/, "attn_q"],
  [/self_attn\.k_proj/, "attn_k"],
  [/self_attn\.v_proj/, "attn_v"],
  [/self_attn\.o_proj|attn\.c_proj/, "attn_output"],
  [/self_attn\.qkv_proj|attn\.c_attn/, "attn_qkv"],
  [/self_attn\.q_norm/, "attn_q_norm"],
  [/self_attn\.k_norm/, "attn_k_norm"],
  [/input_layernorm|ln_1/, "attn_norm"],
  [/pre_feedforward_layernorm|ln_2/, "ffn_norm"],
  [/post_feedforward_layernorm/, "post_ffw_norm"],
  [/mlp\.gate_proj/, "ffn_gate"],
  [/mlp\.(up_proj|gate_up_proj|c_fc)/, "ffn_up"],
  [/mlp\.(down_proj|c_proj)/, "ffn_down"],
];

function ggufName(name: string, architecture: string): string {
  const postAttention = architecture === "gemma3" ? "post_attention_norm" : "ffn_norm";
  const words = [[/post_attention_layernorm/, postAttention] as const, ...inLayer];
  let result = name;
  for (const [pattern, word] of llamaWords) result = result.replace(pattern, word);
  const [pattern, word] = words.find(([candidate]) => candidate.test(result)) ?? [/$^/, ""];
  return result.replace(pattern, word);
}

const architectureOf = (modelType: unknown): string =>
  modelType === "gemma3_text" ? "gemma3" : modelType === "mistral" ? "llama" : String(modelType);

/** What convert_hf_to_gguf.py writes for a model: names, the order of rows, what is added to norms, and the metadata. */
export function toGguf(config: Config, tensors: Tensors, type: WritableType = "F32"): Uint8Array {
  const architecture = architectureOf(config.model_type);
  const list: NewGgufTensor[] = [];
  for (const [name, tensor] of tensors) {
    const { shape, data } = convert(name, tensor, architecture, config);
    const as = shape.length === 2 ? type : "F32";
    list.push({ name: ggufName(name, architecture), type: as, shape, bytes: encodeBlocks(as, data) });
  }
  const factors = frequencyFactors(config);
  if (factors !== undefined) {
    const bytes = encodeBlocks("F32", factors);
    list.push({ name: "rope_freqs.weight", type: "F32", shape: [factors.length], bytes });
  }
  for (const which of ["short", "long"] as const) {
    const given = ropeOf(config)[`${which}_factor`];
    if (given === undefined) continue;
    const bytes = encodeBlocks("F32", Float32Array.from(given));
    list.push({ name: `rope_factors_${which}.weight`, type: "F32", shape: [given.length], bytes });
  }
  const entries = metadata(architecture, config);
  const all = Object.entries(entries);
  return encodeGguf(
    {
      metadata: new Map(all.map(([key, [, value]]) => [key, value])),
      metadataTypes: new Map(all.map(([key, [valueType]]) => [key, valueType])),
    },
    list,
  );
}

function convert(name: string, tensor: Float32Tensor, architecture: string, config: Config): Float32Tensor {
  if (architecture === "gemma3" && name.endsWith("norm.weight")) {
    return { ...tensor, data: tensor.data.map((value) => value + 1) };
  }
  if (architecture === "gpt2" && /(c_attn|c_proj|c_fc)\.weight$/.test(name)) return transpose(tensor);
  const turned = /self_attn\.([qk])_proj\./.exec(name);
  if (turned === null || (architecture !== "llama" && architecture !== "smollm3")) return tensor;
  const heads = turned[1] === "q" ? config.num_attention_heads : config.num_key_value_heads;
  return interleave(tensor, heads as number);
}

function transpose({ format, shape, data }: Float32Tensor): Float32Tensor {
  const [rows, columns] = shape as [number, number];
  const turned = data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)] as number);
  return { format, shape: [columns, rows], data: turned };
}

/** LlamaModel.permute: reshape(heads, 2, half, in), swap the middle axes. */
function interleave(tensor: Float32Tensor, heads: number): Float32Tensor {
  const rows = tensor.shape[0] as number;
  const width = tensor.data.length / rows;
  const half = rows / heads / 2;
  const data = new Float32Array(tensor.data.length);
  for (let head = 0; head < heads; head++) {
    for (let part = 0; part < 2; part++) {
      for (let pair = 0; pair < half; pair++) {
        const from = (head * 2 + part) * half + pair;
        const to = (head * half + pair) * 2 + part;
        data.set(tensor.data.subarray(from * width, (from + 1) * width), to * width);
      }
    }
  }
  return { ...tensor, data };
}

interface Rope {
  readonly rope_theta?: number;
  readonly rope_type?: string;
  readonly factor?: number;
  readonly original_max_position_embeddings?: number;
  readonly partial_rotary_factor?: number;
  readonly attention_factor?: number;
  readonly beta_fast?: number;
  readonly beta_slow?: number;
  readonly short_factor?: number[];
  readonly long_factor?: number[];
}

const ropeOf = (config: Config): Rope => {
  const given = (config.rope_parameters ?? {}) as Record<string, Rope> & Rope;
  return given.full_attention ?? { rope_theta: config.rope_theta as number, ...given };
};

/** Llama 3's: 1 for fast features, the factor for slow ones, and a mixture between. [rotated / 2] */
function frequencyFactors(config: Config): Float32Array | undefined {
  const {
    rope_type,
    rope_theta: theta = 10_000,
    factor = 1,
    original_max_position_embeddings: original = 0,
  } = ropeOf(config);
  if (rope_type !== "llama3") return undefined;
  const size = (config.head_dim ?? 0) as number;
  return Float32Array.from({ length: size / 2 }, (_, pair) => {
    const turns = (original * theta ** ((-2 * pair) / size)) / (2 * Math.PI);
    const smooth = Math.min(Math.max((turns - 1) / 3, 0), 1);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

function metadata(architecture: string, config: Config): Entries {
  const a = architecture;
  const entries: Record<string, readonly [GgufValueType, GgufValue | undefined]> = {
    "general.architecture": ["string", a],
    [`${a}.embedding_length`]: ["u32", (config.hidden_size ?? config.n_embd) as number],
    [`${a}.block_count`]: ["u32", (config.num_hidden_layers ?? config.n_layer) as number],
    [`${a}.attention.head_count`]: ["u32", (config.num_attention_heads ?? config.n_head) as number],
    [`${a}.context_length`]: ["u32", (config.max_position_embeddings ?? config.n_positions) as number],
    [`${a}.feed_forward_length`]: ["u32", (config.intermediate_size ?? 4 * (config.n_embd as number)) as number],
    [`${a}.attention.head_count_kv`]: ["u32", config.num_key_value_heads as number | undefined],
    [`${a}.attention.layer_norm_rms_epsilon`]: ["f32", config.rms_norm_eps as number | undefined],
    [`${a}.attention.layer_norm_epsilon`]: ["f32", config.layer_norm_epsilon as number | undefined],
    [`${a}.attention.key_length`]: ["u32", config.head_dim as number | undefined],
    [`${a}.attention.value_length`]: ["u32", config.head_dim as number | undefined],
    [`${a}.attention.sliding_window`]: ["u32", (config.sliding_window ?? undefined) as number | undefined],
    [`${a}.rope.freq_base`]: ["f32", ropeOf(config).rope_theta],
    ...ropeEntries(a, config),
    "tokenizer.ggml.bos_token_id": ["u32", config.bos_token_id as number],
    "tokenizer.ggml.eos_token_id": ["u32", config.eos_token_id as number],
    "tokenizer.ggml.padding_token_id": ["u32", (config.pad_token_id ?? undefined) as number | undefined],
    ...slidingLayers(a, config),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, [, value]]) => value !== undefined)) as Entries;
}

function ropeEntries(a: string, config: Config): Record<string, readonly [GgufValueType, GgufValue | undefined]> {
  const rope = ropeOf(config);
  const headSize = (config.head_dim ??
    (config.hidden_size as number) / (config.num_attention_heads as number)) as number;
  const part = (rope.partial_rotary_factor ?? config.partial_rotary_factor) as number | undefined;
  const yarn = rope.rope_type === "yarn";
  const longrope = rope.rope_type === "longrope";
  const original = rope.original_max_position_embeddings ?? config.original_max_position_embeddings;
  const ratio = (config.max_position_embeddings as number) / (original as number);
  return {
    [`${a}.rope.dimension_count`]: ["u32", part === undefined ? undefined : part * headSize],
    [`${a}.rope.scaling.type`]: ["string", yarn || longrope ? rope.rope_type : undefined],
    [`${a}.rope.scaling.factor`]: ["f32", yarn ? rope.factor : undefined],
    [`${a}.rope.scaling.yarn_attn_factor`]: ["f32", yarn ? rope.attention_factor : undefined],
    [`${a}.rope.scaling.yarn_beta_fast`]: ["f32", rope.beta_fast],
    [`${a}.rope.scaling.yarn_beta_slow`]: ["f32", rope.beta_slow],
    [`${a}.rope.scaling.attn_factor`]: [
      "f32",
      longrope ? Math.sqrt(1 + Math.log(ratio) / Math.log(original as number)) : undefined,
    ],
    [`${a}.rope.scaling.original_context_length`]: ["u32", original as number | undefined],
  };
}

function slidingLayers(architecture: string, config: Config): Entries {
  if (architecture !== "gemma3") return {};
  const types = config.layer_types as string[];
  return { "gemma3.attention.sliding_window_pattern": ["bool[]", types.map((type) => type === "sliding_attention")] };
}
