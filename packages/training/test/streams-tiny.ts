import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, openSafetensors } from "@anabranch/checkpoints";
import { type Adapter, type Float32Tensor, LINEAR_MODULES, type ModelWeights, type StreamMode } from "@anabranch/core";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = join(process.env.ANABRANCH_SHARED ?? join(root, "../shared"), "fixtures/streams-tiny");

/** Whether the oracle of a training step is on this machine; tests that need it skip where it is not. */
export const fixtureIsThere = existsSync(folder);

/** A "train" case: the oracle's loss and gradients of one sequence. */
export interface TrainCase {
  readonly sequence: readonly number[];
  readonly stream_rows: readonly number[];
  readonly alpha_0: number;
  readonly alpha_j: number;
  readonly loss_main: number;
  readonly loss_streams: readonly number[];
  readonly loss: number;
}

export interface Fixture {
  readonly weights: ModelWeights;
  readonly adapter: Adapter;
  readonly train: TrainCase;
  /** By parameter name: adapter tensors, and in shared mode base tensors. */
  readonly gradients: ReadonlyMap<string, Float32Tensor>;
}

export async function loadFixture(mode: StreamMode): Promise<Fixture> {
  const { streams, cases } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  const { weights } = await loadModel(folder);
  const { layers } = weights.spec;
  const first = mode === "shared" ? 0 : layers - streams.msa_layers;
  const prefix = `${mode}.train.grad.`;
  const expected = await readTensors("expected.safetensors", (name) => name.startsWith(prefix));
  return {
    weights,
    adapter: {
      streams: {
        mode,
        gamma: streams.gamma,
        msaLayers: streams.msa_layers,
        lora: {
          rank: streams.lora_rank,
          alpha: streams.lora_alpha,
          modules: LINEAR_MODULES,
          layers: Array.from({ length: layers - first }, (_, index) => first + index),
        },
      },
      tensors: await readTensors(`adapter-${mode}.safetensors`, () => true),
    },
    train: cases.find((found: { mode: string; name: string }) => found.mode === mode && found.name === "train"),
    gradients: new Map(
      [...expected].map(([name, tensor]) => [name.slice(prefix.length).replace(/^base\./, ""), tensor]),
    ),
  };
}

async function readTensors(file: string, wanted: (name: string) => boolean): Promise<Map<string, Float32Tensor>> {
  const open = await openSafetensors(join(folder, file));
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, { shape }] of open.tensors) {
    if (wanted(name)) tensors.set(name, { format: "f32", shape, data: (await open.read(name)) as Float32Array });
  }
  await open.close();
  return tensors;
}

/** The largest distance between two arrays, in the largest absolute value of the second. */
export function relativeDistance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let distance = found.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let largest = Number.MIN_VALUE;
  for (let i = 0; i < expected.length; i++) {
    distance = Math.max(distance, Math.abs((found[i] as number) - (expected[i] as number)));
    largest = Math.max(largest, Math.abs(expected[i] as number));
  }
  return distance / largest;
}
