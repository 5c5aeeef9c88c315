import { readActivation } from "../activation.js";
import { MOST_LAYERS } from "../sizes.js";
import type { Family } from "./family.js";

/** Learned positions, layer norms with biases, a plain MLP, fused projections stored [in, out]. */
export const gpt2: Family = {
  architectures: ["GPT2LMHeadModel"],
  understood: [],
  read: (fields) => {
    const hiddenSize = fields.size("n_embd");
    const heads = fields.size("n_head");
    if (hiddenSize % heads !== 0) throw fields.invalid("n_head", "n_embd is no multiple of it");
    fields.only("scale_attn_by_inverse_layer_idx", false);
    return {
      family: "gpt2",
      vocabularySize: fields.size("vocab_size"),
      hiddenSize,
      layers: fields.size("n_layer", undefined, MOST_LAYERS),
      heads,
      kvHeads: heads,
      headSize: hiddenSize / heads,
      mlpSize: fields.size("n_inner", 4 * hiddenSize),
      normEpsilon: fields.positive("layer_norm_epsilon", 1e-5),
      maxPositions: fields.size("n_positions", 1024),
      tiedHead: fields.flag("tie_word_embeddings", true),
      norm: "layer",
      mlp: "plain",
      positionTable: true,
      ...readActivation(fields, "activation_function", "gelu_tanh"),
      biases: ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj"],
      ...(!fields.flag("scale_attn_weights", true) && { attentionScale: 1 }),
    };
  },
};
