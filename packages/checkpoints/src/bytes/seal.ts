import { ChecksumError, InvalidArgumentError } from "@anabranch/core";
import { sha256Text } from "./sha256.js";

/** Stands where the checksum will, while it is computed: a text cannot hold its own hash. */
export const UNSEALED = "0".repeat(64);

/**
 * Puts a JSON text's own checksum into it: the SHA-256 of the text in which the string field `field` holds 64 zeros.
 *
 * @param text JSON in which `"field":"000…"` ({@link UNSEALED}) stands exactly once.
 */
export async function sealText(text: string, field: string): Promise<string> {
  const places = findSeals(text, field);
  const at = places[0];
  if (at === undefined || places.length > 1) {
    throw new InvalidArgumentError(`The name "${field}" is reserved for the file's checksum.`, {
      subject: field,
      cure: "Rename that field in the data to be saved.",
    });
  }
  return replaceAt(text, at, await sha256Text(text));
}

/** @throws ChecksumError when any byte of the text is not the one that was sealed. */
export async function checkSeal(text: string, field: string, name: string): Promise<void> {
  const places = findSeals(text, field);
  const at = places[0];
  if (at !== undefined && places.length === 1) {
    const expected = text.slice(at, at + UNSEALED.length);
    if ((await sha256Text(replaceAt(text, at, UNSEALED))) === expected) return;
  }
  throw new ChecksumError(`${name} does not match its own checksum ("${field}").`, {
    subject: name,
    cure: "The file was damaged or edited: fetch or write it again.",
  });
}

/** Where the checksum's digits begin. Inside a JSON string the quotes would be escaped, so only real fields match. */
function findSeals(text: string, field: string): number[] {
  const pattern = new RegExp(`"${field.replaceAll(".", "\\.")}":\\s?"(?=[0-9a-f]{64}")`, "g");
  return [...text.matchAll(pattern)].map((match) => match.index + match[0].length);
}

function replaceAt(text: string, at: number, digits: string): string {
  return text.slice(0, at) + digits + text.slice(at + UNSEALED.length);
}
