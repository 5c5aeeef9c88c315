import { InvalidArgumentError } from "../errors/index.js";
import type { ModelSpec } from "./model-spec.js";
import { LINEAR_MODULES, type LinearModule, parameterNames } from "./parameter-names.js";
import type { StreamSpec } from "./stream-spec.js";
import type { Float32Tensor } from "./weights.js";

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

/** The linear maps that a model's layers have. */
export function linearModules(spec: ModelSpec): readonly LinearModule[] {
  return spec.mlp === "plain" ? LINEAR_MODULES.filter((module) => module !== "gate_proj") : LINEAR_MODULES;
}

/** Name and shape of every base weight, in the order of the layers. */
export function baseParameterShapes(spec: ModelSpec): Map<string, readonly number[]> {
  const { hiddenSize, headSize } = spec;
  const shapes = new Map<string, readonly number[]>();
  const addNorm = (weight: string): void => {
    shapes.set(weight, [hiddenSize]);
    if (spec.norm === "layer") shapes.set(parameterNames.normBias(weight), [hiddenSize]);
  };
  shapes.set(parameterNames.embedding, [spec.vocabularySize, hiddenSize]);
  if (spec.positionTable === true) shapes.set(parameterNames.positions, [spec.maxPositions, hiddenSize]);
  for (let layer = 0; layer < spec.layers; layer++) {
    addNorm(parameterNames.attentionNorm(layer));
    addNorm(parameterNames.mlpNorm(layer));
    if (spec.outputNorms === true) {
      addNorm(parameterNames.attentionOutputNorm(layer));
      addNorm(parameterNames.mlpOutputNorm(layer));
    }
    if (spec.headNorms === true) {
      shapes.set(parameterNames.queryNorm(layer), [headSize]);
      shapes.set(parameterNames.keyNorm(layer), [headSize]);
    }
    for (const module of linearModules(spec)) {
      const shape = linearShape(spec, module);
      shapes.set(parameterNames.linear(layer, module), shape);
      if (spec.biases?.includes(module)) shapes.set(parameterNames.bias(layer, module), [shape[0]]);
    }
  }
  addNorm(parameterNames.finalNorm);
  if (!spec.tiedHead) shapes.set(parameterNames.head, [spec.vocabularySize, spec.hiddenSize]);
  return shapes;
}

/**
 * Name and shape of every tensor of a stream adapter.
 * @throws InvalidArgumentError for LoRA on a linear map that the model does not have
 */
export function adapterParameterShapes(spec: ModelSpec, streams: StreamSpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  if (streams.valueRotation === undefined) {
    shapes.set(parameterNames.streamEmbedding, [streams.gamma, spec.hiddenSize]);
  }
  if (streams.initialisationRank !== undefined) {
    shapes.set(parameterNames.streamMapDown, [streams.initialisationRank, spec.hiddenSize]);
    shapes.set(parameterNames.streamMapUp, [spec.hiddenSize, streams.initialisationRank]);
  }
  if (streams.pruning !== undefined) {
    shapes.set(parameterNames.pruneDown, [streams.pruning.rank, spec.hiddenSize]);
    shapes.set(parameterNames.pruneUp, [spec.hiddenSize, streams.pruning.rank]);
  }
  if (streams.markov !== undefined) {
    const { kind, rank } = streams.markov;
    shapes.set(parameterNames.markovDown, [rank, spec.hiddenSize]);
    if (kind === "rnn") shapes.set(parameterNames.markovRecurrent, [rank, rank]);
    for (let stream = 1; stream <= streams.gamma; stream++) {
      shapes.set(parameterNames.markovUp(stream), [spec.hiddenSize, rank]);
    }
  }
  if (streams.lora !== undefined) {
    for (const layer of streams.lora.layers) {
      for (const module of streams.lora.modules) {
        if (!linearModules(spec).includes(module)) throw noModule(spec, module);
        const [out, input] = linearShape(spec, module);
        shapes.set(parameterNames.loraDown(layer, module), [streams.lora.rank, input]);
        shapes.set(parameterNames.loraUp(layer, module), [out, streams.lora.rank]);
      }
    }
  }
  return shapes;
}

/** Tensors that graphs take and that no adapter has: stream embeddings of zero where values are rotated in their place. */
export function impliedAdapterTensors(spec: ModelSpec, streams: StreamSpec): Map<string, Float32Tensor> {
  if (streams.valueRotation === undefined) return new Map();
  const shape = [streams.gamma, spec.hiddenSize] as const;
  return new Map([
    [parameterNames.streamEmbedding, { format: "f32", shape, data: new Float32Array(shape[0] * shape[1]) }],
  ]);
}

function noModule({ family }: ModelSpec, module: LinearModule): InvalidArgumentError {
  return new InvalidArgumentError(`The adapter has LoRA on ${module}, which a layer of ${family} does not have.`, {
    subject: module,
    cure: "Leave it out of the adapter's modules: a plain MLP has up_proj and down_proj only.",
  });
}
