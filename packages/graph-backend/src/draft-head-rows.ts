import { checkDraftVocabulary, draftHead, headName, type WeightTensor } from "@anabranch/core";
import { likeItsOwn, readRows, type WeightSource } from "./weight-rows.js";

/**
 * The LM head's rows for a draft vocabulary: as they are where the weights are given, out of the runtime where it holds them.
 *
 * @throws InvalidArgumentError for a vocabulary that is not the model's
 */
export async function draftHeadRows(source: WeightSource, vocabulary: Int32Array): Promise<WeightTensor> {
  const { spec, tensors } = source.weights;
  const name = headName(spec);
  if (tensors.has(name)) return draftHead(source.weights, vocabulary);
  checkDraftVocabulary(spec, vocabulary);
  return likeItsOwn(source, name, await readRows(source, name, [spec.vocabularySize, spec.hiddenSize], vocabulary));
}
