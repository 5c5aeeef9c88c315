import type { ModelSpec, RopeSpec } from "@anabranch/core";
import { readActivation } from "../activation.js";
import { ConfigFields } from "../config-fields.js";
import { layersOf, slidingLayers } from "../layers.js";
import { readRope, readRopeObjects } from "../rope.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";
import { readBiases } from "./llama.js";

/** What transformers' Gemma3TextConfig has for fields that the larger models' files leave out. */
const CLASS_DEFAULTS = {
  vocab_size: 262_208,
  hidden_size: 2304,
  intermediate_size: 9216,
  num_hidden_layers: 26,
};

interface TwoRopes {
  readonly full: RopeSpec;
  readonly sliding: RopeSpec;
}

/** Full and sliding layers turn by bases of their own; a scaling is for the full ones only. */
function readRopes(fields: ConfigFields, sizes: Pick<ModelSpec, "headSize" | "maxPositions">): TwoRopes {
  const parameters = fields.inside("rope_parameters");
  const local = fields.positive("rope_local_base_freq", 10_000);
  if (!parameters?.has("full_attention") && !parameters?.has("sliding_attention")) {
    return { full: readRope(fields, { theta: 1e6, ...sizes }), sliding: { theta: local } };
  }
  const other = Object.keys(parameters.json).find((name) => name !== "full_attention" && name !== "sliding_attention");
  if (other !== undefined && parameters.has(other)) throw parameters.refused(other);
  const ropeOf = (layerType: string, theta: number): RopeSpec => {
    const given = parameters.inside(layerType);
    return readRopeObjects(parameters, given === undefined ? [] : [given], { theta, ...sizes });
  };
  return { full: ropeOf("full_attention", 1e6), sliding: ropeOf("sliding_attention", local) };
}

/** All layers but each n-th have a sliding window. */
function readSliding(fields: ConfigFields, layers: number): boolean[] {
  const name = ["sliding_window_pattern", "_sliding_window_pattern"].find((field) => fields.has(field));
  const pattern = name === undefined ? 6 : fields.size(name);
  return slidingLayers(fields, layers, (layer) => (layer + 1) % pattern !== 0);
}

/** Norms of 1 + w (folded as they are loaded) around attention and MLP, on heads too; scaled embeddings; GELU. */
export const gemma3: Family = {
  architectures: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
  understood: ["attention_bias", "hidden_activation", "layer_types", "query_pre_attn_scalar", "sliding_window"],
  read: (given) => {
    const fields = new ConfigFields({ ...CLASS_DEFAULTS, ...given.json }, given.file, given.prefix, given.warnings);
    const sizes = readSizes(fields, { heads: 8, kvHeads: 4, headSize: 256, maxPositions: 131_072, tiedHead: true });
    const ropes = readRopes(fields, sizes);
    const window = fields.size("sliding_window", 4096);
    const layers = readSliding(fields, sizes.layers).map((slides) =>
      slides ? { rope: ropes.sliding, window } : { rope: ropes.full },
    );
    const scaledBy = fields.positive("query_pre_attn_scalar", 256);
    return {
      family: "gemma3",
      ...sizes,
      ...layersOf(layers, sizes.maxPositions),
      ...readActivation(fields, "hidden_activation", "gelu_tanh"),
      ...readBiases(fields),
      headNorms: true,
      outputNorms: true,
      embeddingScale: Math.sqrt(sizes.hiddenSize),
      ...(scaledBy !== sizes.headSize && { attentionScale: scaledBy ** -0.5 }),
    };
  },
};
