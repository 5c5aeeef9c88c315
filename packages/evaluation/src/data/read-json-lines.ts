import { InvalidFileError } from "@anabranch/core";
import { readText } from "./read-text.js";

/** A line that holds a JSON object, and how to complain of it. */
export interface JsonLine {
  readonly value: Readonly<Record<string, unknown>>;
  /** A field that must be a text with something in it. @throws InvalidFileError naming file, line and field. */
  text(field: string): string;
  /** An error that names file and line. */
  wrong(what: string): InvalidFileError;
}

/**
 * Reads a file of JSON objects, one a line. Empty lines are passed over.
 *
 * @throws IoError where the file cannot be read; InvalidFileError (naming file and line) where it is no such file, or has no
 *   line at all.
 */
export async function readJsonLines(path: string, cure: string): Promise<JsonLine[]> {
  const text = await readText(path, cure);
  const wrong = (line: number, what: string, cause?: unknown): InvalidFileError =>
    new InvalidFileError(`${path}:${line}: ${what}.`, { subject: path, cure, cause });
  const lines: JsonLine[] = [];
  text.split("\n").forEach((content, index) => {
    if (content.trim() === "") return;
    lines.push(jsonLine(content, (what, cause) => wrong(index + 1, what, cause)));
  });
  if (lines.length === 0) throw wrong(1, "the file is empty");
  return lines;
}

function jsonLine(content: string, wrong: (what: string, cause?: unknown) => InvalidFileError): JsonLine {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw wrong("not JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("not a JSON object");
  const fields = value as Readonly<Record<string, unknown>>;
  return {
    value: fields,
    wrong,
    text(field) {
      const found = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (typeof found !== "string") throw wrong(`"${field}" is no text`);
      if (found.trim() === "") throw wrong(`"${field}" is empty`);
      return found;
    },
  };
}
