import type { Llama3RopeScaling, RopeSpec, YarnRopeScaling } from "../model/index.js";

/** Radians a position for each pair of a head that turns: [headSize / 2], or [rotated / 2]. */
export function ropeFrequencies(rope: RopeSpec, headSize: number): number[] {
  const { theta, scaling, rotated = headSize } = rope;
  const half = rotated / 2;
  const plain = Array.from({ length: half }, (_, pair) => theta ** (-pair / half));
  switch (scaling?.type) {
    case undefined:
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / scaling.factor);
    case "llama3":
      return plain.map((frequency) => llama3Frequency(frequency, scaling));
    case "yarn":
      return yarnFrequencies(plain, theta, scaling);
    case "longrope":
      return plain.map((frequency, pair) => frequency / (scaling.factors[pair] as number));
  }
}

/** What the turned features of queries and keys are multiplied by: YaRN's and LongRoPE's attention factor. */
export function ropeScale({ scaling }: RopeSpec): number {
  return scaling !== undefined && "attentionFactor" in scaling ? scaling.attentionFactor : 1;
}

function llama3Frequency(frequency: number, scaling: Llama3RopeScaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
  const turns = (originalPositions * frequency) / (2 * Math.PI);
  if (turns < low) return frequency / factor;
  if (turns > high) return frequency;
  const kept = (turns - low) / (high - low);
  return frequency * (kept + (1 - kept) / factor);
}

/** As in transformers, whose upper end is bounded by the number of features rather than of pairs. */
function yarnFrequencies(plain: readonly number[], theta: number, scaling: YarnRopeScaling): number[] {
  const { factor, originalPositions, betaFast, betaSlow, truncate } = scaling;
  const features = 2 * plain.length;
  /** The pair, as a fraction too, that makes so many turns over the original positions. */
  const pairOf = (turns: number): number =>
    (features * Math.log(originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [pairOf(betaFast), pairOf(betaSlow)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, features - 1);
  const width = high === low ? 0.001 : high - low;
  return plain.map((frequency, pair) => {
    const stretched = Math.min(Math.max((pair - low) / width, 0), 1);
    return frequency * (1 - stretched + stretched / factor);
  });
}
