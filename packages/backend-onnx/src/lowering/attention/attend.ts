import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int } from "../onnx-builder.js";
import { jointBias } from "./bias.js";
import { queryHeads, queryRows } from "./heads.js";
import { againstAll, mixAll } from "./products.js";
import { type Attention, attention } from "./sizes.js";

export function lowerAttend(lowering: Lowering, node: NodeOf<"attend">): void {
  const at = attention(lowering, node);
  const [out, probabilities] = node.outputs;
  const weights = probabilitiesByHead(at);
  lowering.softmaxes.set(probabilities, weights);
  lowering.defer(probabilities, () => exposeProbabilities(at, weights, probabilities));
  queryRows(at, mixAll(at, out, byKvHead(at, weights), "values", 1), out);
}

/** Softmax over all keys together: [b, H, r, t]. */
function probabilitiesByHead(at: Attention): string {
  const { lowering, name, inputs, kvHeads, grouped } = at;
  const { onnx } = lowering;
  let scores = againstAll(at, name, queryHeads(at, inputs.query), "keys", at.scale);
  if (grouped > 1) scores = onnx.step(`${name}/scores`, "Reshape", [scores, onnx.ints([0, kvHeads * grouped, -1, 0])]);
  const biased = onnx.step(`${name}/biased`, "Add", [scores, jointBias(at)]);
  return onnx.step(`${name}/softmax`, "Softmax", [biased], { attributes: { axis: int(-1) } });
}

/** [b, H, r, t] to [b, K, G r, t] */
export function byKvHead({ lowering, kvHeads, grouped, name }: Attention, weights: string): string {
  const { onnx } = lowering;
  if (grouped === 1) return weights;
  return onnx.once(`kv heads ${weights}`, () =>
    onnx.step(`${name}/weights`, "Reshape", [weights, onnx.ints([0, kvHeads, -1, 0])]),
  );
}

/** [b, H, r, t] to the [b, H, p, m, t] that the graph speaks of. */
function exposeProbabilities({ lowering, members }: Attention, weights: string, probabilities: string): void {
  const { onnx } = lowering;
  const keys = onnx.step(`${probabilities}/keys`, "Shape", [weights], { attributes: { start: int(3) } });
  const shape = onnx.step(`${probabilities}/shape`, "Concat", [onnx.ints([0, 0, -1, members]), keys], {
    attributes: { axis: int(0) },
  });
  lowering.emit(probabilities, "Reshape", [weights, shape]);
}
