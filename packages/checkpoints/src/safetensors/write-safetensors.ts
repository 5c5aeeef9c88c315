import { InvalidArgumentError } from "@anabranch/core";
import { joinParts } from "../bytes/folder.js";
import { replaceFiles } from "../bytes/replace-files.js";
import { sealText, UNSEALED } from "../bytes/seal.js";
import { sha256 } from "../bytes/sha256.js";
import { CURRENT_FILE_VERSION, FILE_VERSION, HEADER_CHECKSUM, TENSOR_CHECKSUMS } from "./checksums.js";

/** A tensor to write, row-major: Float32Array as F32, Int8Array as I8. */
export interface NewTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int8Array;
}

/**
 * Writes a safetensors file with checksums (docs/formats.md). The same tensors give the same bytes.
 *
 * @throws InvalidArgumentError (shape and data disagree, reserved name), IoError (no half file stays behind)
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, NewTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await replaceFiles([{ path, parts: await safetensorsParts(tensors, metadata) }]);
}

/** The file of {@link writeSafetensors} in memory. */
export async function encodeSafetensors(
  tensors: ReadonlyMap<string, NewTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  return joinParts(await safetensorsParts(tensors, metadata));
}

/** The file as header and views of the tensors' own memory. */
export async function safetensorsParts(
  tensors: ReadonlyMap<string, NewTensor>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array[]> {
  // Wider types first, so that every tensor lies on a multiple of its element's size without holes.
  const sorted = [...tensors].sort(
    ([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const entries: [string, object][] = [];
  const sums: [string, string][] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { shape, data }] of sorted) {
    checkTensor(name, shape, data);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const dtype = data instanceof Float32Array ? "F32" : "I8";
    entries.push([name, { dtype, shape, data_offsets: [at, at + bytes.byteLength] }]);
    sums.push([name, await sha256(bytes)]);
    parts.push(bytes);
    at += bytes.byteLength;
  }
  return [await header(entries, sums, metadata), ...parts];
}

function checkTensor(name: string, shape: readonly number[], data: Float32Array | Int8Array): void {
  if (name === "__metadata__") throw new InvalidArgumentError(`No tensor can be named "${name}".`, { subject: name });
  const whole = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!whole || shape.reduce((product, size) => product * size, 1) !== data.length) {
    throw new InvalidArgumentError(`Tensor "${name}" has shape [${shape}] but ${data.length} values.`, {
      subject: name,
    });
  }
}

async function header(
  entries: readonly [string, object][],
  sums: readonly [string, string][],
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const ours = {
    [FILE_VERSION]: CURRENT_FILE_VERSION,
    [HEADER_CHECKSUM]: UNSEALED,
    [TENSOR_CHECKSUMS]: JSON.stringify(Object.fromEntries(sums)),
  };
  const taken = Object.keys(metadata).find((key) => Object.hasOwn(ours, key));
  if (taken !== undefined)
    throw new InvalidArgumentError(`Metadata "${taken}" is written by Anabranch itself.`, { subject: taken });
  const rest = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const json = JSON.stringify(
    Object.fromEntries([["__metadata__", { ...ours, ...Object.fromEntries(rest) }], ...entries]),
  );
  // Padded with spaces, as the specification has it, so that the data begin on a multiple of 8.
  const length = Math.ceil(new TextEncoder().encode(json).byteLength / 8) * 8;
  const padding = length - new TextEncoder().encode(json).byteLength;
  const text = new TextEncoder().encode(await sealText(json + " ".repeat(padding), HEADER_CHECKSUM));
  const bytes = new Uint8Array(8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}
