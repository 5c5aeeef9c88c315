import { parameterNames } from "@anabranch/core";
import { inLayer, type StoredNames, stemAndKind } from "./stored-name.js";

const stems: Readonly<Record<string, string>> = {
  input_layernorm: "self_attn_layer_norm",
  post_attention_layernorm: "final_layer_norm",
  "self_attn.o_proj": "self_attn.out_proj",
  "mlp.up_proj": "fc1",
  "mlp.down_proj": "fc2",
};

/** Positions begin at row 2 of their table. */
const FIRST_POSITION = 2;

export const optNames: StoredNames = {
  prefixes: ["model.decoder.", "decoder.", ""],
  heads: ["lm_head.weight"],
  of: (parameter, { maxPositions }) => {
    if (parameter === parameterNames.positions) {
      return { name: "embed_positions.weight", rows: [FIRST_POSITION, FIRST_POSITION + maxPositions] };
    }
    const place = inLayer(parameter);
    if (place === undefined) return { name: parameter.replace(/^model\./, "").replace(/^norm\./, "final_layer_norm.") };
    const { stem, kind } = stemAndKind(place.inside);
    return { name: `layers.${place.layer}.${stems[stem] ?? stem}.${kind}` };
  },
};
