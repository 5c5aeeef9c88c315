import type { GraphBuilder, KeyLayout } from "../graph/index.js";
import type { LinearModule, ModelSpec, StreamSpec } from "../model/index.js";
import { adaptedLinear } from "./adapted-linear.js";
import type { RowSet } from "./row-set.js";

/** What a layer is built with; the same for all layers of a graph. */
export interface LayerContext {
  readonly builder: GraphBuilder;
  readonly spec: ModelSpec;
  readonly streams: StreamSpec | undefined;
  /** How committed keys and values come in; absent: nothing is committed. */
  readonly past: KeyLayout | undefined;
}

/** The name of a value inside a layer. */
export const layerValue = (layer: number, set: RowSet, what: string): string => `layers.${layer}.${set.name}.${what}`;

/** One of a layer's linear maps, with its bias and the adapter's LoRA where it has them. */
export function layerLinear(
  context: LayerContext,
  layer: number,
  set: RowSet,
  module: LinearModule,
  x: string,
): string {
  const at = { layer, module, name: layerValue(layer, set, module), adapted: set.adapted };
  return adaptedLinear(context.builder, context.spec, context.streams, at, x);
}
