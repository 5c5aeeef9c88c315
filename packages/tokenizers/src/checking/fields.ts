import { InvalidFileError } from "@anabranch/core";

export type Fields = Readonly<Record<string, unknown>>;

const cure = "Fetch or write the file again; Anabranch reads Hugging Face's tokenizer.json, version 1.0.";

/** @param path file and field, such as `tokenizer.json: model.vocab` */
export function invalid(path: string, problem: string, cause?: unknown): InvalidFileError {
  return new InvalidFileError(`${path} ${problem}.`, { subject: path, cure, cause });
}

export function asFields(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(path, "is not an object");
  return value as Fields;
}

export function asArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(path, "is not a list");
  // A hole, which JSON has not, would slip through forEach.
  if (value.includes(undefined)) throw invalid(path, "has a gap");
  return value;
}

export function asString(value: unknown, path: string): string {
  if (typeof value !== "string") throw invalid(path, "is not a string");
  return value;
}

// Far above any vocabulary; keeps a corrupt id from asking for gigabytes.
const idLimit = 2 ** 24;

export function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < idLimit;
}

export function asId(value: unknown, path: string): number {
  if (!isId(value)) throw invalid(path, "is not a token id");
  return value;
}

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  text: (value) => typeof value === "string" && value !== "",
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  count: (value) => Number.isInteger(value) && (value as number) >= 0,
  positive: (value) => Number.isInteger(value) && (value as number) > 0,
  pattern: (value) => {
    const { String: string, Regex: regex } = (value ?? {}) as Fields;
    return (typeof string === "string") !== (typeof regex === "string");
  },
  tokenAndId: (value) =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && Number.isInteger(value[1]),
};

/** A kind of value, from `checks`; a question mark lets it be absent or null. */
export type FieldKinds = Readonly<Record<string, string>>;

export function checkFields(fields: Fields, kinds: FieldKinds, path: string): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const value = fields[name];
    if (kind.endsWith("?") && (value === undefined || value === null)) continue;
    const type = kind.replace("?", "");
    if (!checks[type]?.(value)) throw invalid(`${path}.${name}`, `is not of the kind "${type}"`);
  }
}
