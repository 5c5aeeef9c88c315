import { baseParameterShapes, type ModelWeights, parameterNames, toFloat32, type WeightTensor } from "@anabranch/core";
import type { ModelPlan } from "./model-plan.js";
import { RandomNumbers } from "./random-numbers.js";

/**
 * The weights of a random model. They are scaled so that attention prefers some keys clearly over others and logits are
 * well spread; with flat ones a wrong mask would hardly show.
 */
export function randomWeights({ spec, seed }: ModelPlan): ModelWeights {
  const random = new RandomNumbers(seed);
  const tensors = new Map<string, WeightTensor>();
  for (const [name, shape] of baseParameterShapes(spec)) {
    const count = shape.reduce((product, length) => product * length, 1);
    const data = random.normals(count, deviationOf(name, shape.at(-1) as number));
    tensors.set(name, { format: "f32", shape, data: name.endsWith("norm.weight") ? data.map((x) => 1 + x) : data });
  }
  return { spec, tensors };
}

function deviationOf(name: string, input: number): number {
  if (name.endsWith("norm.weight") || name.endsWith(".bias")) return 0.2;
  const isTable = name === parameterNames.embedding || name === parameterNames.head;
  const sharper = isTable || name.includes("q_proj") ? 3 : 1.2;
  return sharper / Math.sqrt(input);
}

/** The same model with its matrices in blocks of 8-bit numbers. */
export function quantised({ spec, tensors }: ModelWeights, blockSize: number): ModelWeights {
  const cut = (name: string, tensor: WeightTensor): WeightTensor =>
    tensor.shape.length === 2 && name !== parameterNames.embedding ? inBlocks(tensor, blockSize) : tensor;
  return { spec, tensors: new Map([...tensors].map(([name, tensor]) => [name, cut(name, tensor)])) };
}

/** The same weights as plain float32. */
export function dequantised({ spec, tensors }: ModelWeights): ModelWeights {
  const plain = (tensor: WeightTensor): WeightTensor => ({
    format: "f32",
    shape: tensor.shape,
    data: toFloat32(tensor),
  });
  return { spec, tensors: new Map([...tensors].map(([name, tensor]) => [name, plain(tensor)])) };
}

function inBlocks(tensor: WeightTensor, blockSize: number): WeightTensor {
  const values = toFloat32(tensor);
  const [rows, columns] = tensor.shape as readonly [number, number];
  const blocks = Math.ceil(columns / blockSize);
  const data = new Int8Array(rows * columns);
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const from = row * columns + block * blockSize;
      const to = Math.min(from + blockSize, (row + 1) * columns);
      const most = values.subarray(from, to).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const scale = Math.fround(most === 0 ? 1 : most / 127);
      scales[row * blocks + block] = scale;
      for (let at = from; at < to; at++) data[at] = Math.round((values[at] as number) / scale);
    }
  }
  return { format: "int8-block", shape: [rows, columns], data, blockSize, scales };
}
