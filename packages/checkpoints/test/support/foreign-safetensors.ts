import type { NewTensor } from "../../src/index.js";

/** A safetensors file as other tools write it: no checksums. */
export function foreignSafetensors(tensors: ReadonlyMap<string, NewTensor>, int8Type = "I8"): Uint8Array {
  const entries: Record<string, object> = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { shape, data }] of tensors) {
    const dtype = data instanceof Float32Array ? "F32" : int8Type;
    entries[name] = { dtype, shape, data_offsets: [at, at + data.byteLength] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    at += data.byteLength;
  }
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Uint8Array.from(Buffer.concat([length, header, ...parts]));
}
