import type { ModelSpec } from "@anabranch/core";
import { readActivation } from "../activation.js";
import type { ConfigFields } from "../config-fields.js";
import { layersOf, slidingLayers } from "../layers.js";
import { readRope } from "../rope.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";

/** What Qwen 2 and 3 say about layers: with `use_sliding_window`, those from `max_window_layers` on have a window. */
export function readQwenLayers(fields: ConfigFields, sizes: Pick<ModelSpec, "layers" | "maxPositions" | "headSize">) {
  const rope = readRope(fields, { theta: 10_000, ...sizes });
  const isNone = "sliding_window" in fields.json && !fields.has("sliding_window");
  const slides = fields.flag("use_sliding_window", false) && !isNone;
  const first = fields.json.max_window_layers === 0 ? 0 : fields.size("max_window_layers", 28);
  const sliding = slidingLayers(fields, sizes.layers, (layer) => slides && layer >= first);
  if (!slides && sliding.includes(true)) throw fields.refused("layer_types");
  const window = slides ? fields.size("sliding_window", 4096) : undefined;
  return layersOf(
    sliding.map((has) => (has && window !== undefined ? { rope, window } : { rope })),
    sizes.maxPositions,
  );
}

/** Llama with biases on queries, keys and values. */
export const qwen2: Family = {
  architectures: ["Qwen2ForCausalLM"],
  understood: ["hidden_act", "sliding_window", "use_sliding_window", "layer_types"],
  read: (fields) => {
    const sizes = readSizes(fields, { kvHeads: 32, maxPositions: 32_768 });
    return {
      family: "qwen2",
      ...sizes,
      ...readQwenLayers(fields, sizes),
      ...readActivation(fields, "hidden_act"),
      biases: ["q_proj", "k_proj", "v_proj"],
    };
  },
};
