import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { IoError, NotFiniteError } from "@anabranch/core";

/**
 * Writes a report as indented JSON, under a temporary name first, so that a reader never meets half a file. A missing
 * folder is made: an evaluation's result must not be lost to it.
 *
 * @throws NotFiniteError (naming the field) for NaN or infinity, which JSON would silently turn into null; IoError.
 */
export async function writeReport(path: string, report: object): Promise<void> {
  requireFinite(report, "");
  await writeWhole(path, `${JSON.stringify(report, null, 2)}\n`);
}

/**
 * Writes a text, e.g. a Markdown table, under a temporary name first.
 *
 * @throws IoError
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new IoError(`Cannot write ${path}.`, { subject: path, cure: "Check the folder and its free space.", cause });
  }
}

function requireFinite(value: unknown, field: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new NotFiniteError(`The report's ${field} is ${value}.`, { subject: field });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    requireFinite(inner, Array.isArray(value) ? `${field}[${key}]` : field === "" ? key : `${field}.${key}`);
  }
}
