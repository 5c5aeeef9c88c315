import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = process.env["ANABRANCH_SHARED"] ?? resolve(import.meta.dirname, "../../../../../shared");

/** A path in the folder of shared models and data, which stands beside a checkout and not in it. */
export function sharedPath(...parts: string[]): string {
  return join(folder, ...parts);
}

/** For a title: why its tests are skipped; empty where the path is there. */
export function absent(path: string): string {
  return existsSync(path) ? "" : ` (skipped: ${path} is not there)`;
}
