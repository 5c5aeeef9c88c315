import { InvalidArgumentError } from "../errors/index.js";
import type { ModelSpec } from "./model-spec.js";
import { parameterNames } from "./parameter-names.js";
import type { ModelWeights, WeightTensor } from "./weights.js";

/**
 * The LM head's rows for a draft vocabulary, in the format that the head has: [draft tokens, hidden].
 *
 * @throws InvalidArgumentError for a vocabulary that {@link checkDraftVocabulary} refuses
 */
export function draftHead({ spec, tensors }: ModelWeights, vocabulary: Int32Array): WeightTensor {
  checkDraftVocabulary(spec, vocabulary);
  return rowsOf(tensors.get(headName(spec)) as WeightTensor, vocabulary);
}

/** The weight that the LM head is: the embedding's, where the two are tied. */
export function headName({ tiedHead }: ModelSpec): string {
  return tiedHead ? parameterNames.embedding : parameterNames.head;
}

/** @throws InvalidArgumentError unless the tokens are the model's, ascending and at least one. */
export function checkDraftVocabulary({ vocabularySize }: ModelSpec, vocabulary: Int32Array): void {
  const wrong = vocabulary.findIndex(
    (token, place) => token < 0 || token >= vocabularySize || (place > 0 && token <= (vocabulary[place - 1] as number)),
  );
  if (wrong === -1 && vocabulary.length > 0) return;
  const what =
    wrong === -1
      ? "The draft vocabulary is empty."
      : `The draft vocabulary names token ${vocabulary[wrong]} out of order or twice, or the model has no such token.`;
  throw new InvalidArgumentError(what, {
    subject: "draftVocabulary",
    cure: `Give token ids below ${vocabularySize}, ascending.`,
  });
}

/** Some rows of a matrix, in the matrix's format. */
function rowsOf(tensor: WeightTensor, rows: Int32Array): WeightTensor {
  const [all, columns] = tensor.shape as readonly [number, number];
  const shape = [rows.length, columns] as const;
  const cut = <Data extends Float32Array | Int8Array | Uint8Array>(data: Data): Data => {
    const width = data.length / all;
    const part = new (data.constructor as new (length: number) => Data)(rows.length * width);
    rows.forEach((row, place) => void part.set(data.subarray(row * width, (row + 1) * width), place * width));
    return part;
  };
  switch (tensor.format) {
    case "f32":
      return { format: "f32", shape, data: cut(tensor.data) };
    case "int8-block": {
      const { format, blockSize } = tensor;
      return { format, shape, blockSize, data: cut(tensor.data), scales: cut(tensor.scales) };
    }
    case "int4-block": {
      const { format, blockSize, offsets } = tensor;
      const parts = { data: cut(tensor.data), scales: cut(tensor.scales) };
      return { format, shape, blockSize, ...parts, ...(offsets === undefined ? {} : { offsets: cut(offsets) }) };
    }
  }
}
