import { InvalidFileError } from "@anabranch/core";
import { CsvError, type Info, parse } from "csv-parse/sync";
import type { E2eRow } from "./e2e.js";
import { readText } from "./read-text.js";

const cure = "Get the file again from the E2E NLG challenge's release (https://github.com/tuetschek/e2e-dataset).";

/**
 * Reads one CSV file of the E2E NLG challenge (columns `mr,ref`; Dušek, Novikova and Rieser, CC BY-SA 4.0).
 *
 * @returns rows in file order; fields exactly as they stand in the file, line breaks inside quotes included.
 * @throws IoError where the file cannot be read, InvalidFileError (naming file and line) where it is empty, corrupt,
 * truncated or has other columns.
 */
export async function readE2e(path: string): Promise<E2eRow[]> {
  return rowsOf(records(await readText(path, cure), path), path);
}

/** What csv-parse returns with `info: true`: the fields, and how many lines it had read by the record's end. */
interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

function records(text: string, path: string): CsvRecord[] {
  try {
    return parse(text, { info: true, record_delimiter: ["\r\n", "\n"] }) as unknown as CsvRecord[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InvalidFileError(`${path}:${Number(cause.lines ?? 1)}: ${cause.message}.`, {
      subject: path,
      cure,
      cause,
    });
  }
}

function rowsOf(parsed: readonly CsvRecord[], path: string): E2eRow[] {
  const [header, ...body] = parsed;
  if (header === undefined) throw new InvalidFileError(`${path}:1: the file is empty.`, { subject: path, cure });
  if (header.record.length !== 2 || header.record[0] !== "mr" || header.record[1] !== "ref") {
    const found = JSON.stringify(header.record.join(",").slice(0, 80));
    throw new InvalidFileError(`${path}:1: expected the header "mr,ref", found ${found}.`, { subject: path, cure });
  }
  if (body.length === 0) throw new InvalidFileError(`${path}:2: no rows follow the header.`, { subject: path, cure });
  return body.map(({ record: [meaning = "", reference = ""], info }) => {
    if (meaning.trim() === "" || reference.trim() === "") {
      const column = meaning.trim() === "" ? "mr" : "ref";
      throw new InvalidFileError(`${path}:${info.lines}: column "${column}" is empty.`, { subject: path, cure });
    }
    return { meaning, reference };
  });
}
