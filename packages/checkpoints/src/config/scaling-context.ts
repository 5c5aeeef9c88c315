import { agreed } from "./agreed.js";
import type { ConfigFields } from "./config-fields.js";

/** What a scaling of RoPE takes from outside of its own object. */
export interface ScalingContext {
  /** The object around it, where some of its fields may stand too. */
  readonly top: ConfigFields;
  readonly theta: number;
  /** Pairs of a head that turn. */
  readonly pairs: number;
  readonly maxPositions: number;
  readonly originalPositions?: number;
  readonly aliases?: ReadonlyMap<unknown, string>;
}

export const ORIGINAL_POSITIONS = "original_max_position_embeddings";

/** Positions that the model was first made for. @throws InvalidFileError */
export function readOriginalPositions(fields: ConfigFields, context: ScalingContext): number {
  const { top, maxPositions, originalPositions = maxPositions } = context;
  return agreed([top, fields], ORIGINAL_POSITIONS, "size") ?? originalPositions;
}
