import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Adapter,
  type Float32Tensor,
  type ModelWeights,
  parameterNames,
  type StreamSpec,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import { loadTokenizerFolder, type Tokenizer } from "@anabranch/tokenizers";
import { initialAdapter, initialWeights, type TrainingExample } from "@anabranch/training";
import { loadTokenizer, modelSource } from "../model/model-source.js";
import { readWeights } from "../model/read-weights.js";
import type { TaskExample } from "../tasks/task.js";
import { withStreams } from "./add-streams.js";
import { draftVocabulary, tokenScale } from "./draft-words.js";
import { smallModelSpec, streamSpec } from "./recipe.js";
import type { RunTrainingOptions } from "./run-training.js";
import { trainTaskTokenizer } from "./task-tokenizer.js";

/** The tokenizer of the base model, or one trained on the examples and written to `out`. */
export async function startingTokenizer(
  examples: readonly TaskExample[],
  options: RunTrainingOptions,
): Promise<Tokenizer> {
  return options.base === undefined ? ownTokenizer(examples, options) : loadTokenizer(await modelSource(options.base));
}

async function ownTokenizer(examples: readonly TaskExample[], { out, vocabularySize, resume }: RunTrainingOptions) {
  // A run that was stopped early may have left none; trained again, it comes out the same.
  if (resume && existsSync(join(out, "tokenizer_config.json"))) return loadTokenizerFolder(out);
  return trainTaskTokenizer(out, examples, vocabularySize);
}

/** The base model's weights, or those of a model that knows nothing. */
export async function startingWeights(tokenizer: Tokenizer, options: RunTrainingOptions): Promise<ModelWeights> {
  const { base, baseLora: lora, signal, settings } = options;
  if (base !== undefined) {
    const call = signal === undefined ? {} : { signal };
    return widened((await readWeights(await modelSource(base), { lora, ...call })).weights);
  }
  const spec = smallModelSpec(tokenizer.vocabularySize, options.size);
  return { spec, tensors: initialWeights(spec, settings.seed ?? 1) };
}

/** Float32 throughout: what learns is float32, and not every place of a training graph takes 8 bits. */
export function widened({ spec, tensors }: ModelWeights): ModelWeights {
  const wide = ([name, tensor]: [string, WeightTensor]): [string, WeightTensor] => [
    name,
    { format: "f32", shape: tensor.shape, data: toFloat32(tensor) },
  ];
  return { spec, tensors: new Map([...tensors].map(wide)) };
}

/**
 * The streams of an adapter that is to learn on, or such as have not learned yet.
 *
 * @param examples what they will learn from
 * @param from the adapter, if there is one
 */
export function startingAdapter(
  weights: ModelWeights,
  examples: readonly TrainingExample[],
  from: Adapter | undefined,
  options: RunTrainingOptions,
): Adapter {
  const { mode, gamma, msaLayers, markov, draftTokens, settings, startRank, valueRotation } = options;
  const rank = mode === "lossless" || options.lora ? options.rank : 0;
  if (from !== undefined) return continued(weights, from, options);
  // Without streams LoRA acts on the main stream, as in shared mode; one stream is the fewest that settings can have.
  const alone = mode === "next-token";
  const recipe = alone
    ? ({ mode: "shared", gamma: 1, msaLayers: 1, rank } as const)
    : {
        ...{ mode: mode as StreamSpec["mode"], gamma, msaLayers, rank },
        ...(startRank === undefined ? {} : { initialisationRank: startRank }),
        ...(valueRotation === undefined ? {} : { valueRotation }),
      };
  const head = markov === undefined || alone ? {} : { markov: { ...markov, tokenScale: tokenScale(weights) } };
  const streams = streamSpec(weights.spec, { ...recipe, ...head });
  const tensors = initialAdapter(weights.spec, streams, settings.seed ?? 1);
  const vocabulary =
    draftTokens === undefined || alone ? {} : { draftVocabulary: draftVocabulary(weights.spec, examples, draftTokens) };
  return { streams, tensors, ...vocabulary };
}

/** An adapter that is to learn on, with more streams if that is asked for, or in pruning mode with an early exit that has not learned yet. */
function continued(weights: ModelWeights, adapter: Adapter, options: RunTrainingOptions): Adapter {
  const { mode, pruning, settings, gamma } = options;
  if (mode !== "pruning") return withStreams(weights.spec, adapter, gamma);
  if (pruning === undefined) return adapter;
  const streams = { ...adapter.streams, pruning };
  const fresh = initialAdapter(weights.spec, streams, settings.seed ?? 1);
  const exit = [parameterNames.pruneDown, parameterNames.pruneUp].map((name) => [name, fresh.get(name)] as const);
  return { ...adapter, streams, tensors: new Map([...adapter.tensors, ...(exit as [string, Float32Tensor][])]) };
}
