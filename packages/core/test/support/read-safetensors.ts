import { readFileSync } from "node:fs";

/** A float32 tensor of a file. */
export interface FileTensor {
  readonly format: "f32";
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The F32 tensors of a safetensors file. The careful reader is in @anabranch/checkpoints, which core cannot import. */
export function readSafetensors(path: string): Map<string, FileTensor> {
  const bytes = Uint8Array.from(readFileSync(path));
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const start = 8 + headerLength;
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry>;
  const entries = Object.entries(header).filter(([, entry]) => entry.dtype === "F32");
  return new Map(
    entries.map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const data = new Float32Array(bytes.slice(start + from, start + to).buffer);
        return [name, { format: "f32", shape, data }] as const;
      },
    ),
  );
}
