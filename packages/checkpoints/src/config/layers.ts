import type { LayerAttention, ModelSpec } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";

const LAYER_TYPES = ["full_attention", "sliding_attention"] as const;

/** Which layers have a sliding window, [layers]: by `layer_types`, else by the family's own rule. */
export function slidingLayers(fields: ConfigFields, layers: number, rule: (layer: number) => boolean): boolean[] {
  const types = fields.perLayer("layer_types", layers, LAYER_TYPES);
  return Array.from({ length: layers }, (_, layer) =>
    types === undefined ? rule(layer) : types[layer] === "sliding_attention",
  );
}

/**
 * A spec's fields for layers [layers]: one entry for all of them where they are alike, and the positions that their RoPE is
 * good for. A window that no text of so many reaches the end of is none.
 *
 * @param declared positions, as the file has them
 */
export function layersOf(
  layers: readonly LayerAttention[],
  declared: number,
): LayerAttention & Pick<ModelSpec, "layerAttention" | "maxPositions"> {
  const maxPositions = contextOf(layers, declared);
  const effective = layers.map(({ rope, window }) => ({
    ...(rope !== undefined && { rope }),
    ...(window !== undefined && window < maxPositions && { window }),
  }));
  const alike = new Set(effective.map((layer) => JSON.stringify(layer))).size === 1;
  return { maxPositions, ...(alike ? effective[0] : { layerAttention: effective }) };
}

/** YaRN may be for more positions than the file declares (Qwen's way to write it), LongRoPE's factors are for fewer. */
function contextOf(layers: readonly LayerAttention[], declared: number): number {
  const scalings = layers.flatMap(({ rope }) => rope?.scaling ?? []);
  const stretched = scalings.flatMap((each) => (each.type === "yarn" ? each.factor * each.originalPositions : []));
  const bounded = scalings.flatMap((each) => (each.type === "longrope" ? each.positions : []));
  return Math.min(Math.floor(Math.max(declared, ...stretched)), ...bounded);
}
