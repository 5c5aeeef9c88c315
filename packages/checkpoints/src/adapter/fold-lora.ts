import { type ModelWeights, toFloat32, type WeightTensor } from "@anabranch/core";
import type { Lora, LoraPair } from "./load-lora.js";

/**
 * The model with a LoRA in its weights: `W + scale * B A`, as float32, in place of each W that it changes. The base model's
 * arrays stay as they are.
 */
export function foldLora({ spec, tensors }: ModelWeights, { scale, pairs }: Lora): ModelWeights {
  const folded = new Map<string, WeightTensor>(tensors);
  for (const [name, pair] of pairs) {
    const base = tensors.get(name);
    if (base === undefined) continue; // Held against the model's shapes when it was loaded.
    const data = Float32Array.from(toFloat32(base)); // [out, in]
    addProduct(data, pair, scale);
    folded.set(name, { format: "f32", shape: base.shape, data });
  }
  return { spec, tensors: folded };
}

function addProduct(data: Float32Array, { down, up }: LoraPair, scale: number): void {
  const [rank = 0, input = 0] = down.shape;
  const [out = 0] = up.shape;
  for (let row = 0; row < out; row++) {
    for (let inner = 0; inner < rank; inner++) {
      const factor = scale * (up.data[row * rank + inner] as number);
      for (let column = 0; column < input; column++) {
        const at = row * input + column;
        data[at] = (data[at] as number) + factor * (down.data[inner * input + column] as number);
      }
    }
  }
}
