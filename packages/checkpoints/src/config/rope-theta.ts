import { InvalidFileError } from "@anabranch/core";
import { unsupportedField } from "./unsupported-fields.js";

/**
 * The base of RoPE's frequencies, in either spelling: `rope_theta` and `rope_scaling` at the top (transformers 4), or both
 * in `rope_parameters` (transformers 5). 10000 when the file does not say.
 *
 * @throws UnsupportedError for scaled or partial RoPE; InvalidFileError when two spellings contradict each other
 */
export function ropeTheta(json: Readonly<Record<string, unknown>>, file: string): number {
  const found: { field: string; theta: number }[] = [];
  if (json.rope_theta !== undefined && json.rope_theta !== null) found.push(theta("rope_theta", json.rope_theta, file));
  for (const field of ["rope_parameters", "rope_scaling"]) {
    const value = json[field];
    if (value === undefined || value === null) continue;
    const inner = plainRope(field, value, file);
    if (inner !== undefined) found.push(theta(`${field}.rope_theta`, inner, file));
  }
  const [first] = found;
  const other = found.find((one) => one.theta !== first?.theta);
  if (first !== undefined && other !== undefined) {
    throw new InvalidFileError(`${file}: "${first.field}" is ${first.theta}, but "${other.field}" is ${other.theta}.`, {
      subject: other.field,
      cure: "Keep the right one.",
    });
  }
  return first?.theta ?? 10_000;
}

/** The object's `rope_theta`, all else in it being the default. */
function plainRope(field: string, value: unknown, file: string): unknown {
  if (typeof value !== "object" || Array.isArray(value)) throw unsupportedField(field, value, file);
  const {
    rope_theta: inner,
    rope_type: type,
    type: oldType,
    partial_rotary_factor: part,
    ...rest
  } = value as Record<string, unknown>;
  for (const [name, given] of Object.entries({ rope_type: type, type: oldType })) {
    if (given !== undefined && given !== "default") throw unsupportedField(`${field}.${name}`, given, file);
  }
  if (part !== undefined && part !== null && part !== 1) {
    throw unsupportedField(`${field}.partial_rotary_factor`, part, file);
  }
  // Fields beside the default type do nothing in transformers, but they hint at a file whose type got lost.
  const extra = Object.entries(rest).find(([, given]) => given !== null);
  if (extra !== undefined) throw unsupportedField(`${field}.${extra[0]}`, extra[1], file);
  return inner ?? undefined;
}

function theta(field: string, value: unknown, file: string): { field: string; theta: number } {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return { field, theta: value };
  throw new InvalidFileError(`${file}: field "${field}" is not a positive number.`, {
    subject: field,
    cure: "Correct the field, or fetch the file again.",
  });
}
