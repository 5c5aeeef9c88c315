import {
  type Adapter,
  adapterParameterShapes,
  baseParameterShapes,
  type Float32Tensor,
  LINEAR_MODULES,
  type ModelSpec,
  type ModelWeights,
  type StreamMode,
  type WeightTensor,
} from "@anabranch/core";
import { spec as shipped } from "./model.js";

/** The model that ships, with positions enough for long contexts. */
const spec: ModelSpec = { ...shipped, maxPositions: 4096 };

/** Small numbers without order; the same in every run. */
function randomTensor(shape: readonly number[], seed: number): Float32Tensor {
  const data = new Float32Array(shape.reduce((size, axis) => size * axis, 1));
  let state = seed;
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[index] = (state / 2 ** 32 - 0.5) * 0.2;
  }
  return { format: "f32", shape, data };
}

export function benchWeights(): ModelWeights {
  const tensors = new Map<string, WeightTensor>();
  for (const [name, shape] of baseParameterShapes(spec)) {
    const tensor = randomTensor(shape, tensors.size + 1);
    if (shape.length === 1) tensor.data.fill(1);
    tensors.set(name, tensor);
  }
  return { spec, tensors };
}

export function benchAdapter(model: ModelSpec, mode: StreamMode, gamma = 3): Adapter {
  const layers = mode === "shared" ? [] : [3, 4, 5];
  const lora = { rank: 32, alpha: 32, modules: LINEAR_MODULES, layers };
  const streams = { mode, gamma, msaLayers: 3, ...(mode === "shared" ? {} : { lora }) };
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, shape] of adapterParameterShapes(model, streams)) {
    tensors.set(name, randomTensor(shape, tensors.size + 100));
  }
  return { streams, tensors };
}

/** The model with its matrices in 8-bit blocks of 32. */
export function quantized({ spec: model, tensors }: ModelWeights): ModelWeights {
  const blockSize = 32;
  const converted = new Map<string, WeightTensor>();
  for (const [name, tensor] of tensors) {
    const [out, input] = tensor.shape;
    if (tensor.format !== "f32" || out === undefined || input === undefined) {
      converted.set(name, tensor);
      continue;
    }
    const blocks = Math.ceil(input / blockSize);
    const data = new Int8Array(out * input);
    const scales = new Float32Array(out * blocks);
    for (let row = 0; row < out; row++) {
      for (let block = 0; block < blocks; block++) {
        const from = row * input + block * blockSize;
        const part = tensor.data.subarray(from, row * input + Math.min(input, (block + 1) * blockSize));
        const scale = part.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12) / 127;
        scales[row * blocks + block] = scale;
        part.forEach((value, index) => {
          data[from + index] = Math.round(value / scale);
        });
      }
    }
    converted.set(name, { format: "int8-block", shape: [out, input], data, blockSize, scales });
  }
  return { spec: model, tensors: converted };
}
