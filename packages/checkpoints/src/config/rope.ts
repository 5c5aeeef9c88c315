import type { RopeSpec } from "@anabranch/core";
import { agreed } from "./agreed.js";
import type { ConfigFields } from "./config-fields.js";
import { readRopeScaling } from "./rope-scaling.js";

export interface RopeOptions {
  /** The base when the file has none. */
  readonly theta: number;
  readonly headSize: number;
  /** `max_position_embeddings`, as the file has it. */
  readonly maxPositions: number;
  /** Positions that a scaled model was first made for, when the file does not say; `maxPositions` when absent. */
  readonly originalPositions?: number;
  /** Whether the model's code can turn a part of each head. */
  readonly partial?: boolean;
  /** Names that the family's files have for kinds of scaling. */
  readonly aliases?: ReadonlyMap<unknown, string>;
}

/**
 * RoPE in either spelling: `rope_theta` and `rope_scaling` at the top (transformers 4), or both in `rope_parameters`
 * (transformers 5).
 *
 * @throws UnsupportedError naming the field for a scaling that is not computed; InvalidFileError when two spellings
 *   contradict each other
 */
export function readRope(top: ConfigFields, options: RopeOptions): RopeSpec {
  const objects = ["rope_parameters", "rope_scaling"].flatMap((field) => top.inside(field) ?? []);
  return readRopeObjects(top, objects, options);
}

/** RoPE by objects that may speak of it, and the object that they stand in. */
export function readRopeObjects(top: ConfigFields, objects: readonly ConfigFields[], options: RopeOptions): RopeSpec {
  const theta = agreed([top, ...objects], "rope_theta") ?? options.theta;
  const part = rotatedPart([top, ...objects], options);
  const context = { ...options, theta, top, pairs: (part.rotated ?? options.headSize) / 2 };
  const scalings = objects.flatMap((object) => readRopeScaling(object, context) ?? []);
  const [scaling, other] = scalings;
  if (other !== undefined && JSON.stringify(other) !== JSON.stringify(scaling)) {
    throw top.invalid("rope_scaling", "rope_parameters has another scaling");
  }
  return { theta, ...(scaling !== undefined && { scaling }), ...part };
}

function rotatedPart(places: readonly ConfigFields[], { headSize, partial }: RopeOptions): { rotated?: number } {
  const name = "partial_rotary_factor";
  const part = agreed(places, name) ?? 1;
  if (part === 1) return {};
  const rotated = Math.trunc(part * headSize);
  if (partial !== true || rotated < 2 || rotated > headSize || rotated % 2 === 1) {
    throw (places.find((place) => place.has(name)) as ConfigFields).refused(name);
  }
  return rotated === headSize ? {} : { rotated };
}
