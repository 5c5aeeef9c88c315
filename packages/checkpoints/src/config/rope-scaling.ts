import type { Llama3RopeScaling, RopeScaling } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";
import { LONGROPE_FIELDS, readLongRope } from "./longrope-scaling.js";
import { ORIGINAL_POSITIONS, type ScalingContext } from "./scaling-context.js";
import { readYarn, YARN_FIELDS } from "./yarn-scaling.js";

/** Fields of a scaling object that are read elsewhere, or say its kind. */
const common = ["rope_theta", "partial_rotary_factor", "rope_type", "type"];

const llama3 = ["factor", "low_freq_factor", "high_freq_factor", ORIGINAL_POSITIONS];

/**
 * The scaling that an object of RoPE's settings asks for; undefined for plain RoPE.
 *
 * @throws UnsupportedError naming the field for a kind that is not computed, and for a field that its kind does not have:
 *   it hints at a file whose type got lost; InvalidFileError for a missing or impossible number
 */
export function readRopeScaling(fields: ConfigFields, context: ScalingContext): RopeScaling | undefined {
  const type = scalingType(fields, context);
  switch (type) {
    case "default":
      refuseOthers(fields, []);
      return undefined;
    case "linear": {
      refuseOthers(fields, ["factor"]);
      const factor = fields.positive("factor");
      return factor === 1 ? undefined : { type, factor };
    }
    case "dynamic":
      refuseOthers(fields, ["factor", ORIGINAL_POSITIONS]);
      fields.positive("factor");
      fields.warn(
        typeField(fields),
        `is dynamic, which changes nothing within ${context.maxPositions} positions: the context ends there`,
      );
      return undefined;
    case "llama3":
      refuseOthers(fields, llama3);
      return readLlama3(fields, context);
    case "yarn":
      refuseOthers(fields, YARN_FIELDS);
      return readYarn(fields, context);
    case "longrope":
      refuseOthers(fields, LONGROPE_FIELDS);
      return readLongRope(fields, context);
    default:
      throw fields.refused(typeField(fields));
  }
}

function readLlama3(fields: ConfigFields, { top }: ScalingContext): Llama3RopeScaling {
  const low = fields.positive("low_freq_factor");
  const high = fields.positive("high_freq_factor");
  if (high <= low) throw fields.invalid("high_freq_factor", `it is not above low_freq_factor, ${low}`);
  return {
    type: "llama3",
    factor: fields.positive("factor"),
    lowFrequencyFactor: low,
    highFrequencyFactor: high,
    originalPositions: (fields.has(ORIGINAL_POSITIONS) ? fields : top).size(ORIGINAL_POSITIONS),
  };
}

const typeField = (fields: ConfigFields): string => (fields.has("rope_type") ? "rope_type" : "type");

/** `rope_type`, or as older files have it `type`; files with both must say the same. */
function scalingType(fields: ConfigFields, { aliases }: ScalingContext): unknown {
  const [type, oldType] = [fields.json.rope_type, fields.json.type].map((name) => aliases?.get(name) ?? name);
  if (fields.has("rope_type") && fields.has("type") && type !== oldType) throw fields.refused("type");
  return type ?? oldType ?? "default";
}

function refuseOthers(fields: ConfigFields, known: readonly string[]): void {
  for (const name of Object.keys(fields.json)) {
    if (!common.includes(name) && !known.includes(name) && fields.has(name)) throw fields.refused(name);
  }
}
