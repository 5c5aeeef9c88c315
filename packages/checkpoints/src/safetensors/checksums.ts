import { ChecksumError } from "@anabranch/core";
import { checkSeal } from "../bytes/seal.js";
import { sha256 } from "../bytes/sha256.js";
import { invalid, type SafetensorsHeader } from "./header.js";

/**
 * What our own files carry in `__metadata__`, so that any flipped byte is found. One flip can hide one of these names, not
 * the others, and a file with any name of this prefix must have all of them.
 */
const OUR_PREFIX = "anabranch.";
export const FILE_VERSION = "anabranch.file_version";
/** SHA-256 of the header's text (padding included) while this field holds zeros. */
export const HEADER_CHECKSUM = "anabranch.header_sha256";
/** JSON: a tensor's name to the SHA-256 of its bytes. */
export const TENSOR_CHECKSUMS = "anabranch.tensors_sha256";

export const CURRENT_FILE_VERSION = "1";

/**
 * The tensors' checksums of a file of ours, the header itself being checked; undefined for a foreign file.
 *
 * @param text the header's JSON with its padding
 */
export async function readChecksums(
  text: string,
  header: SafetensorsHeader,
  file: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (![...header.metadata.keys()].some((key) => key.startsWith(OUR_PREFIX))) return undefined;
  for (const key of [FILE_VERSION, HEADER_CHECKSUM, TENSOR_CHECKSUMS]) {
    if (!header.metadata.has(key)) throw invalid(file, `__metadata__ lacks "${key}", which files of Anabranch carry`);
  }
  await checkSeal(text, HEADER_CHECKSUM, file);
  const sums = parseSums(header.metadata.get(TENSOR_CHECKSUMS) ?? "", file);
  for (const name of header.tensors.keys()) {
    if (!sums.has(name)) throw invalid(file, `tensor "${name}" has no checksum`);
  }
  return sums;
}

function parseSums(json: string, file: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(JSON.parse(json) as Record<string, string>));
  } catch (cause) {
    throw invalid(file, `"${TENSOR_CHECKSUMS}" is not JSON`, cause);
  }
}

/** @throws ChecksumError naming file and tensor */
export async function checkTensorBytes(
  bytes: Uint8Array,
  name: string,
  expected: string | undefined,
  file: string,
): Promise<void> {
  if ((await sha256(bytes)) === expected) return;
  throw new ChecksumError(`${file}: the bytes of tensor "${name}" do not match their checksum.`, {
    subject: `${file}#${name}`,
    cure: "The file was damaged: fetch or write it again.",
  });
}
