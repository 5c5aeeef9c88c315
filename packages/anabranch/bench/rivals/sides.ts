import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@anabranch/bench-kit/bundle";
import { benchCache } from "@anabranch/bench-kit/smollm2";
import { startSide } from "../wasm/node/start-side.js";
import type { Side } from "../wasm/side.js";

/** What a process of ours is told. */
export interface OurSettings {
  /** A GGUF file. */
  readonly file: string;
  readonly adapter: string | undefined;
  readonly lora: string | undefined;
  readonly backend: "wasm" | "onnx";
  readonly weights: "float32" | undefined;
  readonly threads: number;
  /** Whether it drafts. */
  readonly streams: boolean;
}

export type RivalSettings = Omit<OurSettings, "streams"> & {
  /** The binary of a Node. */
  readonly node: string;
  /** The Q8_0 file that node-llama-cpp reads. */
  readonly llamaFile: string;
};

/** Plain decoding first, which the others are held against; then with streams; then node-llama-cpp. Each in a process of its own. */
export async function openRivals({ node, llamaFile, ...ours }: RivalSettings): Promise<readonly Side[]> {
  const folder = join(benchCache, "rivals-programs");
  const here = fileURLToPath(new URL(".", import.meta.url));
  const entries = { ours: join(here, "ours.ts"), llama: join(here, "../wasm/node/llama.ts") };
  await bundle({ entries, folder, platform: "node" });
  const start = (name: string, program: keyof typeof entries, settings: object): Promise<Side> =>
    startSide(name, node, join(folder, `${program}.mjs`), settings);
  return [
    await start("plain", "ours", { ...ours, streams: false } satisfies OurSettings),
    await start("streams", "ours", { ...ours, streams: true } satisfies OurSettings),
    await start("node-llama-cpp, plain", "llama", { file: llamaFile, threads: ours.threads }),
  ];
}
