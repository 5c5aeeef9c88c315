import { readActivation } from "../activation.js";
import { MOST_LAYERS } from "../sizes.js";
import type { Family } from "./family.js";

/** Learned positions, layer norms with biases, a plain MLP, biases everywhere. */
export const opt: Family = {
  architectures: ["OPTForCausalLM"],
  understood: [],
  read: (fields) => {
    const hiddenSize = fields.size("hidden_size");
    const heads = fields.size("num_attention_heads");
    if (hiddenSize % heads !== 0) throw fields.invalid("num_attention_heads", "hidden_size is no multiple of it");
    fields.only("word_embed_proj_dim", hiddenSize);
    fields.only("do_layer_norm_before", true);
    fields.only("_remove_final_layer_norm", false);
    fields.only("layer_norm_elementwise_affine", true);
    return {
      family: "opt",
      vocabularySize: fields.size("vocab_size"),
      hiddenSize,
      layers: fields.size("num_hidden_layers", undefined, MOST_LAYERS),
      heads,
      kvHeads: heads,
      headSize: hiddenSize / heads,
      mlpSize: fields.size("ffn_dim"),
      normEpsilon: 1e-5,
      maxPositions: fields.size("max_position_embeddings", 2048),
      tiedHead: fields.flag("tie_word_embeddings", true),
      norm: "layer",
      mlp: "plain",
      positionTable: true,
      ...readActivation(fields, "activation_function", "relu"),
      ...(fields.flag("enable_bias", true) && {
        biases: ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "down_proj"],
      }),
    };
  },
};
