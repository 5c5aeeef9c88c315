import { checkDraftVocabulary, headName, type WeightTensor } from "@anabranch/core";
import { likeItsOwn, readRows, type WeightSource } from "./weight-rows.js";

/**
 * The LM head's rows for a draft vocabulary.
 *
 * @throws InvalidArgumentError for a vocabulary that is not the model's
 */
export async function draftHeadRows(source: WeightSource, vocabulary: Int32Array): Promise<WeightTensor> {
  const { spec } = source.weights;
  checkDraftVocabulary(spec, vocabulary);
  const name = headName(spec);
  return likeItsOwn(source, name, await readRows(source, name, [spec.vocabularySize, spec.hiddenSize], vocabulary));
}
