import type { ModelSpec } from "../model/index.js";

/** Radians a position for each pair of a head: [headSize / 2]. */
export function ropeFrequencies(spec: ModelSpec): number[] {
  const half = spec.headSize / 2;
  return Array.from({ length: half }, (_, pair) => spec.rope.theta ** (-pair / half));
}
