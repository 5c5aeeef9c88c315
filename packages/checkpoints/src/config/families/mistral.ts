import { readActivation } from "../activation.js";
import { layersOf } from "../layers.js";
import { readRope } from "../rope.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";

/** Llama with a sliding window in every layer: 4,096 where the field is absent, none where it is null. */
export const mistral: Family = {
  architectures: ["MistralForCausalLM"],
  understood: ["hidden_act", "sliding_window"],
  read: (fields) => {
    const sizes = readSizes(fields, { kvHeads: 8, maxPositions: 131_072 });
    const rope = readRope(fields, { theta: 10_000, ...sizes });
    const isNone = "sliding_window" in fields.json && !fields.has("sliding_window");
    const layer = isNone ? { rope } : { rope, window: fields.size("sliding_window", 4096) };
    return {
      family: "mistral",
      ...sizes,
      ...layersOf([layer], sizes.maxPositions),
      ...readActivation(fields, "hidden_act"),
    };
  },
};
