import { readActivation } from "../activation.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";
import { readBiases } from "./llama.js";
import { readQwenLayers } from "./qwen2.js";

/** Norms on the heads of queries and keys; a head size of its own. */
export const qwen3: Family = {
  architectures: ["Qwen3ForCausalLM"],
  understood: ["attention_bias", "hidden_act", "sliding_window", "use_sliding_window", "layer_types"],
  read: (fields) => {
    const sizes = readSizes(fields, { kvHeads: 32, headSize: 128, maxPositions: 32_768 });
    return {
      family: "qwen3",
      ...sizes,
      ...readQwenLayers(fields, sizes),
      ...readActivation(fields, "hidden_act"),
      ...readBiases(fields),
      headNorms: true,
    };
  },
};
