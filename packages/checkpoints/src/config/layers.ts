import type { LayerAttention } from "@anabranch/core";
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
 * A spec's fields for layers [layers]: one entry for all of them where they are alike. A window that no text of
 * `maxPositions` reaches the end of is none.
 */
export function layersOf(
  layers: readonly LayerAttention[],
  maxPositions: number,
): LayerAttention & { layerAttention?: readonly LayerAttention[] } {
  const effective = layers.map(({ rope, window }) => ({
    ...(rope !== undefined && { rope }),
    ...(window !== undefined && window < maxPositions && { window }),
  }));
  const alike = new Set(effective.map((layer) => JSON.stringify(layer))).size === 1;
  return alike ? (effective[0] as LayerAttention) : { layerAttention: effective };
}
