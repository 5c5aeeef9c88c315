import type { RopeScaling } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";

/** Fields of a scaling object that are read elsewhere, or say its kind. */
const common = ["rope_theta", "partial_rotary_factor", "rope_type", "type"];

const llama3 = ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"];

/**
 * The scaling that an object of RoPE's settings asks for; undefined for plain RoPE.
 *
 * @throws UnsupportedError naming the field for a kind that is not computed, and for a field that its kind does not have:
 *   it hints at a file whose type got lost; InvalidFileError for a missing or impossible number
 */
export function readRopeScaling(fields: ConfigFields, top: ConfigFields): RopeScaling | undefined {
  const type = scalingType(fields);
  switch (type) {
    case "default":
      refuseOthers(fields, common);
      return undefined;
    case "linear": {
      refuseOthers(fields, [...common, "factor"]);
      const factor = fields.positive("factor");
      return factor === 1 ? undefined : { type, factor };
    }
    case "llama3": {
      refuseOthers(fields, [...common, ...llama3]);
      const low = fields.positive("low_freq_factor");
      const high = fields.positive("high_freq_factor");
      if (high <= low) throw fields.invalid("high_freq_factor", `it is not above low_freq_factor, ${low}`);
      const original = "original_max_position_embeddings";
      return {
        type,
        factor: fields.positive("factor"),
        lowFrequencyFactor: low,
        highFrequencyFactor: high,
        originalPositions: (fields.has(original) ? fields : top).size(original),
      };
    }
    default:
      throw fields.refused(fields.has("rope_type") ? "rope_type" : "type");
  }
}

/** `rope_type`, or as older files have it `type`; files with both must say the same. */
function scalingType(fields: ConfigFields): unknown {
  const { rope_type: type, type: oldType } = fields.json;
  if (fields.has("rope_type") && fields.has("type") && type !== oldType) throw fields.refused("type");
  return type ?? oldType ?? "default";
}

function refuseOthers(fields: ConfigFields, known: readonly string[]): void {
  for (const name of Object.keys(fields.json))
    if (!known.includes(name) && fields.has(name)) throw fields.refused(name);
}
