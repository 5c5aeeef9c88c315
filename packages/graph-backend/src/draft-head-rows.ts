import { quantizeInt8 } from "@anabranch/checkpoints";
import {
  draftHead,
  type Float32Tensor,
  GraphBuilder,
  type GraphRuntime,
  headName,
  type ModelWeights,
  type WeightTensor,
} from "@anabranch/core";
import type { ModelRuntime } from "./model-runtime.js";

/** Tokens whose rows are read at once. */
const ROWS_A_RUN = 512;

/** Weights a scale of an 8-bit draft head. */
const BLOCK = 32;

/**
 * The LM head's rows for a draft vocabulary: out of the weights, or where the runtime holds those, out of it, by a graph that
 * gathers them, rounded to 8 bits unless the runtime computes with float32.
 *
 * @throws InvalidArgumentError for a vocabulary that is not the model's
 */
export async function draftHeadRows(
  runtime: GraphRuntime | ModelRuntime,
  weights: ModelWeights,
  vocabulary: Int32Array,
): Promise<WeightTensor> {
  const { spec, tensors } = weights;
  const name = headName(spec);
  if (tensors.has(name) || !("weightFormat" in runtime)) return draftHead(weights, vocabulary);
  const builder = new GraphBuilder("draft_head");
  const tokens = builder.input("tokens", ["batch", "n"], "i32");
  const table = builder.parameter(name, [spec.vocabularySize, spec.hiddenSize]);
  builder.output("rows", builder.add("embed", "rows", [table, tokens], {})[0] as string);
  const compiled = await runtime.compile(builder.build());
  const data = new Float32Array(vocabulary.length * spec.hiddenSize);
  for (let from = 0; from < vocabulary.length; from += ROWS_A_RUN) {
    const some = vocabulary.slice(from, from + ROWS_A_RUN);
    const { rows } = await compiled.run({ tokens: { shape: [1, some.length], data: some } });
    if (rows !== undefined) data.set(rows.data, from * spec.hiddenSize);
  }
  await compiled.dispose();
  const head: Float32Tensor = { format: "f32", shape: [vocabulary.length, spec.hiddenSize], data };
  return runtime.weightFormat(name) === "f32" ? head : quantizeInt8(head, BLOCK);
}
