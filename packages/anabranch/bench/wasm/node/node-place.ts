import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@anabranch/bench-kit/bundle";
import { benchCache } from "@anabranch/bench-kit/smollm2";
import type { Place, PlaceSettings, Target } from "../side.js";
import { startSide } from "./start-side.js";

const programs = ["wasm", "onnx", "llama"] as const;

interface NodeSide {
  readonly name: string;
  readonly program: (typeof programs)[number];
  /** What rows keep there; each of our backends has values of its own. */
  readonly rowPrecision?: string;
  /** Where relaxed SIMD is, which Node 20 lacks. */
  readonly target?: Target;
}

const ONNX: Target = { decoding: 1.3 };
const LLAMA: Target = { decoding: 2.5 };

const sides = (rowPrecision: string): readonly NodeSide[] => [
  { name: `backend-wasm, rows ${rowPrecision}`, program: "wasm", rowPrecision },
  { name: "backend-onnx, rows mixed", program: "onnx", rowPrecision: "mixed", target: ONNX },
  { name: "backend-onnx, rows int8", program: "onnx", rowPrecision: "int8", target: ONNX },
  { name: "node-llama-cpp", program: "llama", target: LLAMA },
];

export interface NodePlaceOptions extends PlaceSettings {
  readonly name: string;
  /** The binary of a Node. */
  readonly node: string;
  /** Whether ratios are held against what is asked for. */
  readonly targets: boolean;
}

/** A Node, each side in a process of its own. */
export async function nodePlace({ name, node, file, rowPrecision, targets }: NodePlaceOptions): Promise<Place> {
  const folder = join(benchCache, `wasm-programs-${name.replace(/\W+/g, "-")}`);
  const here = fileURLToPath(new URL(".", import.meta.url));
  const entries = Object.fromEntries(programs.map((program) => [program, join(here, `${program}.ts`)]));
  await bundle({ entries, folder, platform: "node" });
  const cache = join(benchCache, "wasm");
  return {
    name,
    openings: (threads) =>
      sides(rowPrecision).map(({ name: side, program, target, ...rows }) => ({
        name: side,
        target: targets ? target : undefined,
        open: () => startSide(side, node, join(folder, `${program}.mjs`), { file, threads, cache, ...rows }),
      })),
    close: async () => undefined,
  };
}
