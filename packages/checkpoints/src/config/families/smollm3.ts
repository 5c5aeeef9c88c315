import { readActivation } from "../activation.js";
import type { ConfigFields } from "../config-fields.js";
import { layersOf, slidingLayers } from "../layers.js";
import { readRope } from "../rope.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";
import { readBiases } from "./llama.js";

/** Which layers have RoPE, [layers]: 1 in `no_rope_layers` says that one HAS it; else every layer but each n-th. */
function ropeLayers(fields: ConfigFields, layers: number): boolean[] {
  const listed = fields.perLayer("no_rope_layers", layers, [0, 1]);
  const interval = fields.size("no_rope_layer_interval", 4);
  return Array.from({ length: layers }, (_, layer) => (listed?.[layer] ?? (layer + 1) % interval) !== 0);
}

/** Llama with layers that do not turn queries and keys. */
export const smollm3: Family = {
  architectures: ["SmolLM3ForCausalLM"],
  understood: [
    ...["attention_bias", "mlp_bias", "hidden_act"],
    ...["no_rope_layers", "sliding_window", "use_sliding_window", "layer_types"],
  ],
  read: (fields) => {
    const sizes = readSizes(fields, { kvHeads: 4, maxPositions: 32_768, tiedHead: true });
    const { layers, maxPositions } = sizes;
    const rope = readRope(fields, { theta: 2e6, ...sizes });
    const turned = ropeLayers(fields, layers);
    const slides = fields.flag("use_sliding_window", false) && fields.has("sliding_window");
    const sliding = slidingLayers(fields, layers, (layer) => slides && turned[layer] === false);
    if (!slides && sliding.includes(true)) throw fields.refused("layer_types");
    const all = turned.map((turns, layer) => ({
      ...(turns && { rope }),
      ...(sliding[layer] && { window: fields.size("sliding_window") }),
    }));
    return {
      family: "smollm3",
      ...sizes,
      ...layersOf(all, maxPositions),
      ...readActivation(fields, "hidden_act"),
      ...readBiases(fields),
    };
  },
};
