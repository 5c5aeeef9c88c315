import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, saveAdapter, saveModel } from "@anabranch/checkpoints";
import {
  type Adapter,
  adapterParameterShapes,
  baseParameterShapes,
  type Float32Tensor,
  LINEAR_MODULES,
  type ModelSpec,
  type ModelWeights,
  type Opening,
  type StreamMode,
  seededRandom,
} from "@anabranch/core";
import { trainTaskTokenizer } from "../../src/train/task-tokenizer.js";

/** A vocabulary of single bytes and a few merges, so that the text of a random model is full of halves of characters. */
const vocabularySize = 264;

function tinySpec(vocabulary: number, maxPositions: number): ModelSpec {
  return {
    family: "llama",
    vocabularySize: vocabulary,
    hiddenSize: 16,
    layers: 2,
    heads: 2,
    kvHeads: 1,
    headSize: 8,
    mlpSize: 24,
    normEpsilon: 1e-5,
    rope: { theta: 100 },
    maxPositions,
    tiedHead: false,
  };
}

/** Spread out, so that the text does not settle on one token. */
function randomTensors(seed: number, shapes: ReadonlyMap<string, readonly number[]>): Map<string, Float32Tensor> {
  const random = seededRandom(seed);
  const tensor = (shape: readonly number[]): Float32Tensor => {
    const scale = shape.length === 1 ? 1 : 2.5 / Math.sqrt(shape.at(-1) as number);
    const length = shape.reduce((product, size) => product * size, 1);
    return { format: "f32", shape, data: Float32Array.from({ length }, () => scale * (2 * random() - 1)) };
  };
  return new Map([...shapes].map(([name, shape]) => [name, tensor(shape)]));
}

/** Saves a random model of a few kilobytes with a tokenizer. @returns its weights. */
export async function saveTinyModel(folder: string, seed = 1, maxPositions = 128): Promise<ModelWeights> {
  await mkdir(folder, { recursive: true });
  const tokenizer = await trainTaskTokenizer(
    folder,
    [{ prompt: "name[The Mill], area[riverside]", references: ["The Mill is in the riverside area."] }],
    vocabularySize,
  );
  const spec = tinySpec(tokenizer.vocabularySize, maxPositions);
  const weights = { spec, tensors: randomTensors(seed, baseParameterShapes(spec)) };
  await saveModel(folder, weights, { format: "f32", config: { eosTokenIds: [tokenizer.eosToken as number] } });
  return weights;
}

/** Saves random streams for a model: γ = 3 in the upper layer, with LoRA. */
export async function saveTinyAdapter(
  folder: string,
  weights: ModelWeights,
  mode: StreamMode,
  opening?: Opening,
): Promise<void> {
  const lora = { rank: 2, alpha: 2, modules: LINEAR_MODULES, layers: [1] };
  const streams = { mode, gamma: 3, msaLayers: 1, lora };
  const tensors = randomTensors(7, adapterParameterShapes(weights.spec, streams));
  const adapter: Adapter = { streams, tensors, baseFingerprint: await fingerprint(weights) };
  await saveAdapter(folder, adapter, { format: "f32", ...(opening === undefined ? {} : { opening }) });
}

/** A model with a lossless and a shared adapter, in folders beside each other. */
export async function saveTinyFamily(folder: string) {
  const model = join(folder, "model");
  const lossless = join(folder, "lossless");
  const shared = join(folder, "shared");
  const weights = await saveTinyModel(model);
  await saveTinyAdapter(lossless, weights, "lossless");
  await saveTinyAdapter(shared, weights, "shared");
  return { model, lossless, shared, weights };
}
