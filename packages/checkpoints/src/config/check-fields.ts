import { InvalidFileError } from "@anabranch/core";
import * as v from "valibot";

/** The value as the schema gives it. @throws InvalidFileError naming the file and the first bad field. */
export function checkFields<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? "(top level)";
  throw new InvalidFileError(`${file}: field "${field}" is not valid: ${issue.message}.`, {
    subject: field,
    cure: "Correct the field, or fetch the file again.",
  });
}

/** @throws InvalidFileError when the text is no JSON object. */
export function parseJsonObject(text: string, file: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidFileError(`${file} is not JSON.`, { subject: file, cause, cure: "Fetch or write it again." });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new InvalidFileError(`${file} is no JSON object.`, { subject: file, cure: "Fetch or write it again." });
  }
  return json as Record<string, unknown>;
}

/** A size: a positive integer that tensors' dimensions can have. */
export const size = (most = 2 ** 31 - 1) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

export const positive = () => v.pipe(v.number(), v.finite(), v.gtValue(0));

export const sha256Hex = () => v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits"));
