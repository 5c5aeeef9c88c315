import type { Llama3RopeScaling, RopeSpec } from "../model/index.js";

/** Radians a position for each pair of a head that turns: [headSize / 2], or [rotated / 2]. */
export function ropeFrequencies(rope: RopeSpec, headSize: number): number[] {
  const { theta, scaling, rotated = headSize } = rope;
  const half = rotated / 2;
  const plain = Array.from({ length: half }, (_, pair) => theta ** (-pair / half));
  if (scaling === undefined) return plain;
  if (scaling.type === "linear") return plain.map((frequency) => frequency / scaling.factor);
  return plain.map((frequency) => llama3Frequency(frequency, scaling));
}

function llama3Frequency(frequency: number, scaling: Llama3RopeScaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
  const turns = (originalPositions * frequency) / (2 * Math.PI);
  if (turns < low) return frequency / factor;
  if (turns > high) return frequency;
  const kept = (turns - low) / (high - low);
  return frequency * (kept + (1 - kept) / factor);
}
