import type { LinearModule } from "@anabranch/core";
import { readActivation } from "../activation.js";
import type { ConfigFields } from "../config-fields.js";
import { layersOf } from "../layers.js";
import { readRope } from "../rope.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";

/** The linear maps with a bias, by the two fields that Llama and its kin have for them. */
export function readBiases(fields: ConfigFields): { biases?: readonly LinearModule[] } {
  const biases: LinearModule[] = [];
  if (fields.flag("attention_bias", false)) biases.push("q_proj", "k_proj", "v_proj", "o_proj");
  if (fields.flag("mlp_bias", false)) biases.push("gate_proj", "up_proj", "down_proj");
  return biases.length === 0 ? {} : { biases };
}

export const llama: Family = {
  architectures: ["LlamaForCausalLM"],
  understood: ["attention_bias", "mlp_bias", "hidden_act"],
  read: (fields) => {
    const sizes = readSizes(fields, { maxPositions: 2048 });
    return {
      family: "llama",
      ...sizes,
      ...layersOf([{ rope: readRope(fields, { theta: 10_000, ...sizes }) }], sizes.maxPositions),
      ...readActivation(fields, "hidden_act"),
      ...readBiases(fields),
    };
  },
};
