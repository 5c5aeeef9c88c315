import {
  type Adapter,
  adapterParameterShapes,
  type BackendModel,
  baseParameterShapes,
  createReferenceBackend,
  type Float32Tensor,
  LINEAR_MODULES,
  type ModelSpec,
  type ModelWeights,
  type StreamMode,
  type StreamSpec,
} from "../../src/index.js";
import { Random } from "./tensors.js";

/** Small enough that the reference backend recomputes whole texts of it in milliseconds. */
export const tinySpec: ModelSpec = {
  family: "llama",
  vocabularySize: 12,
  hiddenSize: 16,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  headSize: 8,
  mlpSize: 24,
  normEpsilon: 1e-5,
  rope: { theta: 100 },
  maxPositions: 48,
  tiedHead: false,
};

/** Spread out, so that the text does not settle on one token. */
function randomTensor(random: Random, shape: readonly number[]): Float32Tensor {
  const scale = shape.length === 1 ? 1 : 2.5 / Math.sqrt(shape.at(-1) as number);
  return { format: "f32", shape, data: Float32Array.from(random.real(...shape).data, (value) => scale * value) };
}

function randomTensors(seed: number, shapes: ReadonlyMap<string, readonly number[]>): Map<string, Float32Tensor> {
  const random = new Random(seed);
  return new Map([...shapes].map(([name, shape]) => [name, randomTensor(random, shape)]));
}

export function tinyWeights(seed: number): ModelWeights {
  return { spec: tinySpec, tensors: randomTensors(seed, baseParameterShapes(tinySpec)) };
}

/** Streams in the upper layer, and LoRA on all of that layer's maps. */
export function tinyAdapter(seed: number, mode: StreamMode, gamma = 3, more: Partial<StreamSpec> = {}): Adapter {
  const lora = { rank: 2, alpha: 2, modules: LINEAR_MODULES, layers: [1] };
  const streams: StreamSpec = { mode, gamma, msaLayers: 1, lora, ...more };
  return { streams, tensors: randomTensors(seed + 1, adapterParameterShapes(tinySpec, streams)) };
}

/** The reference backend's model with random weights. */
export function tinyModel(seed: number): Promise<BackendModel> {
  return createReferenceBackend().load(tinyWeights(seed));
}
