import {
  type Adapter,
  adapterParameterShapes,
  countTransitions,
  type ModelSpec,
  parameterNames,
  type StreamMode,
  type TransitionCounts,
} from "@anabranch/core";
import { type AdapterPlan, streamSpecOf } from "./adapter-plan.js";
import { RandomNumbers } from "./random-numbers.js";

/** The tensors of a random adapter, large enough that it matters whether and where it acts. */
export function randomAdapter(plan: AdapterPlan, mode: StreamMode, spec: ModelSpec): Adapter {
  const streams = streamSpecOf(plan, mode, spec);
  const random = new RandomNumbers(plan.seed);
  const tensors = [...adapterParameterShapes(spec, streams)].map(([name, shape]) => {
    const [rows, columns] = shape as readonly [number, number];
    const deviation = name === parameterNames.streamEmbedding ? 0.8 : 0.7 / Math.sqrt(columns);
    return [name, { format: "f32", shape, data: random.normals(rows * columns, deviation) }] as const;
  });
  const transitions = plan.texts === 0 ? {} : { transitions: randomTransitions(plan.texts, random, spec) };
  return { streams, tensors: new Map(tensors), ...draftVocabulary(plan, spec), ...transitions };
}

function draftVocabulary({ vocabularyStep: step }: AdapterPlan, { vocabularySize }: ModelSpec) {
  if (step === 0) return {};
  return { draftVocabulary: Int32Array.from({ length: Math.ceil(vocabularySize / step) }, (_, place) => place * step) };
}

/** Counts over texts of a third of the vocabulary, so that tokens follow one another more than once. */
function randomTransitions(texts: number, random: RandomNumbers, { vocabularySize }: ModelSpec): TransitionCounts {
  const known = Math.max(1, Math.ceil(vocabularySize / 3));
  const token = (value: number): number => Math.floor(Math.abs(value) * 1000) % known;
  const written = Array.from({ length: texts }, () => [...random.normals(60, 1)].map(token));
  return countTransitions(written, { minimumCount: 1, most: 200 });
}
