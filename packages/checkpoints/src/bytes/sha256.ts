import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

/**
 * SHA-256 as 64 lower-case hex digits. The platform's own is several times faster, but browsers hide it from pages that
 * were not loaded over https, and it takes no shared memory.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined || !(bytes.buffer instanceof ArrayBuffer)) return hexOf(nobleSha256(bytes));
  return hexOf(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256Text = (text: string): Promise<string> => sha256(new TextEncoder().encode(text));
