import type { YarnRopeScaling } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";
import { ORIGINAL_POSITIONS, readOriginalPositions, type ScalingContext } from "./scaling-context.js";

export const YARN_FIELDS = [
  ...["factor", ORIGINAL_POSITIONS, "attention_factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim"],
  // "finetuned" says what was done to the model, not what is to be computed.
  ...["truncate", "finetuned"],
];

const MOST_POSITIONS = 2 ** 31 - 1;

/** YaRN, with the defaults that transformers has for what is absent. @throws InvalidFileError */
export function readYarn(fields: ConfigFields, context: ScalingContext): YarnRopeScaling {
  const originalPositions = readOriginalPositions(fields, context);
  const factor = fields.positive("factor", context.maxPositions / originalPositions);
  if (factor * originalPositions > MOST_POSITIONS) throw fields.invalid("factor", "no text has so many positions");
  if (context.theta <= 1) throw fields.invalid("rope_theta", `YaRN takes its logarithm, and it is ${context.theta}`);
  return {
    type: "yarn",
    factor,
    originalPositions,
    betaFast: fields.positive("beta_fast", 32),
    betaSlow: fields.positive("beta_slow", 1),
    truncate: fields.flag("truncate", true),
    attentionFactor: fields.positive("attention_factor", suggestedFactor(fields, factor)),
  };
}

function suggestedFactor(fields: ConfigFields, factor: number): number {
  if (!fields.has("mscale") || !fields.has("mscale_all_dim")) return yarnMagnitude(factor);
  return yarnMagnitude(factor, fields.positive("mscale")) / yarnMagnitude(factor, fields.positive("mscale_all_dim"));
}

/** The attention factor that YaRN's paper suggests. */
export function yarnMagnitude(factor: number, times = 1): number {
  return factor <= 1 ? 1 : 0.1 * times * Math.log(factor) + 1;
}
