import type { LongRopeScaling } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";
import { ORIGINAL_POSITIONS, readOriginalPositions, type ScalingContext } from "./scaling-context.js";

export const LONGROPE_FIELDS = ["factor", ORIGINAL_POSITIONS, "attention_factor", "short_factor", "long_factor"];

/**
 * LongRoPE with its short factors. transformers goes over to the long ones when a text outgrows the original positions, and
 * computes all of it again; keys in a cache cannot follow, so that the context ends there.
 *
 * @throws InvalidFileError
 */
export function readLongRope(fields: ConfigFields, context: ScalingContext): LongRopeScaling {
  const { maxPositions, pairs } = context;
  const positions = readOriginalPositions(fields, context);
  const factor = fields.positive("factor", maxPositions / positions);
  // transformers holds them as float32.
  const factors = fields.numbers("short_factor", pairs).map(Math.fround);
  if (maxPositions > positions) {
    fields.warn("short_factor", `holds for ${positions} positions: the context ends there, not at ${maxPositions}`);
  }
  const attentionFactor = fields.positive("attention_factor", longRopeMagnitude(factor, positions));
  return { type: "longrope", factors, positions, attentionFactor };
}

/** The attention factor that LongRoPE's paper suggests. */
export function longRopeMagnitude(factor: number, positions: number): number {
  return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(positions));
}
