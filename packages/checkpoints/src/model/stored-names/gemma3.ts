import { inLayer, type StoredNames } from "./stored-name.js";

/** Gemma's name for the norm of what attention puts out is Llama's for the norm before the MLP. */
const norms: Readonly<Record<string, string>> = {
  "post_attention_layernorm.weight": "pre_feedforward_layernorm.weight",
  "attention_output_layernorm.weight": "post_attention_layernorm.weight",
  "mlp_output_layernorm.weight": "post_feedforward_layernorm.weight",
};

/** The larger models hold their text model inside of one that sees pictures too. */
export const gemma3Names: StoredNames = {
  prefixes: ["model.", "language_model.model.", "model.language_model.", ""],
  heads: ["lm_head.weight", "language_model.lm_head.weight"],
  of: (parameter, _, convention) => {
    const place = inLayer(parameter);
    const name =
      place === undefined
        ? parameter.replace(/^model\./, "")
        : `layers.${place.layer}.${norms[place.inside] ?? place.inside}`;
    return { name, plusOne: convention === "hugging-face" && name.endsWith("norm.weight") };
  },
};
