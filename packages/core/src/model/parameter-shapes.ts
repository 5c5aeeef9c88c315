import type { ModelSpec } from "./model-spec.js";
import { LINEAR_MODULES, type LinearModule, parameterNames } from "./parameter-names.js";
import type { StreamSpec } from "./stream-spec.js";

/** [out, in] of one of a layer's linear maps. */
export function linearShape(spec: ModelSpec, module: LinearModule): readonly [number, number] {
  const { hiddenSize, mlpSize, headSize } = spec;
  switch (module) {
    case "q_proj":
      return [spec.heads * headSize, hiddenSize];
    case "k_proj":
    case "v_proj":
      return [spec.kvHeads * headSize, hiddenSize];
    case "o_proj":
      return [hiddenSize, spec.heads * headSize];
    case "gate_proj":
    case "up_proj":
      return [mlpSize, hiddenSize];
    case "down_proj":
      return [hiddenSize, mlpSize];
  }
}

/** Name and shape of every base weight, in the order of the layers. */
export function baseParameterShapes(spec: ModelSpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  shapes.set(parameterNames.embedding, [spec.vocabularySize, spec.hiddenSize]);
  for (let layer = 0; layer < spec.layers; layer++) {
    shapes.set(parameterNames.attentionNorm(layer), [spec.hiddenSize]);
    shapes.set(parameterNames.mlpNorm(layer), [spec.hiddenSize]);
    for (const module of LINEAR_MODULES) shapes.set(parameterNames.linear(layer, module), linearShape(spec, module));
  }
  shapes.set(parameterNames.finalNorm, [spec.hiddenSize]);
  if (!spec.tiedHead) shapes.set(parameterNames.head, [spec.vocabularySize, spec.hiddenSize]);
  return shapes;
}

/** Name and shape of every tensor of a stream adapter. */
export function adapterParameterShapes(spec: ModelSpec, streams: StreamSpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  shapes.set(parameterNames.streamEmbedding, [streams.gamma, spec.hiddenSize]);
  if (streams.initialisationRank !== undefined) {
    shapes.set(parameterNames.streamMapDown, [streams.initialisationRank, spec.hiddenSize]);
    shapes.set(parameterNames.streamMapUp, [spec.hiddenSize, streams.initialisationRank]);
  }
  if (streams.lora !== undefined) {
    for (const layer of streams.lora.layers) {
      for (const module of streams.lora.modules) {
        const [out, input] = linearShape(spec, module);
        shapes.set(parameterNames.loraDown(layer, module), [streams.lora.rank, input]);
        shapes.set(parameterNames.loraUp(layer, module), [out, streams.lora.rank]);
      }
    }
  }
  return shapes;
}
