import { llamaNames } from "./llama.js";
import { inLayer, type StoredNames } from "./stored-name.js";

/** Queries, keys and values are one matrix, one under the other; so are gate and up. */
export const phi3Names: StoredNames = {
  ...llamaNames,
  of: (parameter, spec) => {
    const { heads, kvHeads, headSize, mlpSize } = spec;
    const [queries, keys] = [heads * headSize, kvHeads * headSize];
    const place = inLayer(parameter);
    const fused = (name: string, from: number, length: number) => ({
      name: `layers.${place?.layer}.${name}.weight`,
      rows: [from, from + length] as const,
    });
    switch (place?.inside) {
      case "self_attn.q_proj.weight":
        return fused("self_attn.qkv_proj", 0, queries);
      case "self_attn.k_proj.weight":
        return fused("self_attn.qkv_proj", queries, keys);
      case "self_attn.v_proj.weight":
        return fused("self_attn.qkv_proj", queries + keys, keys);
      case "mlp.gate_proj.weight":
        return fused("mlp.gate_up_proj", 0, mlpSize);
      case "mlp.up_proj.weight":
        return fused("mlp.gate_up_proj", mlpSize, mlpSize);
      default:
        return llamaNames.of(parameter, spec, "hugging-face");
    }
  },
};
