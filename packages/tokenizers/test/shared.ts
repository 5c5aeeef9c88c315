import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = process.env.ANABRANCH_SHARED ?? resolve(import.meta.dirname, "../../../../shared");

/** A path in the folder of shared models and data, which stands beside a checkout and not in it. */
export function sharedPath(...parts: string[]): string {
  return join(folder, ...parts);
}

export const hasShared = existsSync(sharedPath("models", "stories260K-hf", "tokenizer.json"));
export const reason = hasShared ? "" : ` (skipped: ${folder} is not there; set ANABRANCH_SHARED)`;
