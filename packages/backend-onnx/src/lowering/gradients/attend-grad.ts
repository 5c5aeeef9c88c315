import { type NodeOf, UnsupportedError } from "@anabranch/core";
import { byKvHead } from "../attention/attend.js";
import { byPosition, keyRows, ownRows, queryHeads, queryRows } from "../attention/heads.js";
import { againstAll, cut, fused, mixAll } from "../attention/products.js";
import { type Attention, attention } from "../attention/sizes.js";
import type { Lowering } from "../lowering.js";
import { int } from "../onnx-builder.js";

export function lowerAttendGrad(lowering: Lowering, node: NodeOf<"attendGrad">): void {
  if (node.attributes.sources.includes("heads")) {
    throw new UnsupportedError(`${node.outputs[0]}: keys kept by head have no gradient.`, {
      cure: `Build the graph to be differentiated with past "rows", or without a past.`,
    });
  }
  const at = attention(lowering, node);
  const { name, inputs } = at;
  const [probabilities, dy] = node.inputs.slice(-2) as [string, string];
  const weights = byKvHead(at, softmaxOf(at, probabilities));
  const dOut = queryHeads(at, dy);
  const dScores = softmaxGrad(at, weights, againstAll(at, `${name}/d_weights`, dOut, "values", 1));
  const [dq, ...rest] = node.outputs;
  if (lowering.wants(dq)) queryRows(at, mixAll(at, `${name}/dq`, dScores, "keys", at.scale), dq);
  keyGrads(at, { all: dScores, rows: queryHeads(at, inputs.query), alpha: at.scale }, (source) => rest[2 * source]);
  keyGrads(at, { all: weights, rows: dOut, alpha: 1 }, (source) => rest[2 * source + 1]);
}

/** [b, H, r, t] */
function softmaxOf({ lowering, kvHeads, grouped, name }: Attention, probabilities: string): string {
  const known = lowering.softmaxes.get(probabilities);
  if (known !== undefined) return known;
  const { onnx } = lowering;
  const given = lowering.name(probabilities);
  const keys = onnx.step(`${name}/keys`, "Shape", [given], { attributes: { start: int(4) } });
  const shape = onnx.step(`${name}/shape`, "Concat", [onnx.ints([0, kvHeads * grouped, -1]), keys], {
    attributes: { axis: int(0) },
  });
  return onnx.step(`${name}/probabilities`, "Reshape", [given, shape]);
}

/** P (dP - sum of P dP over the keys) */
function softmaxGrad({ lowering, name }: Attention, weights: string, dWeights: string): string {
  const { onnx } = lowering;
  const product = onnx.step(`${name}/product`, "Mul", [weights, dWeights]);
  const sum = onnx.step(`${name}/sum`, "ReduceSum", [product, onnx.ints([-1])], { attributes: { keepdims: int(1) } });
  const share = onnx.step(`${name}/share`, "Mul", [weights, sum]);
  return onnx.step(`${name}/d_scores`, "Sub", [product, share]);
}

/** Gradients of keys (from those of the scores) or values (from the weights): over all rows, allᵀ rows. */
function keyGrads(
  at: Attention,
  { all, rows, alpha }: { all: string; rows: string; alpha: number },
  outputOf: (source: number) => string | undefined,
): void {
  const { lowering, inputs } = at;
  const outputs = [
    ...inputs.sources.map((_, source) => source),
    ...(inputs.own === undefined ? [] : [inputs.sources.length]),
  ];
  for (const source of outputs) {
    const out = outputOf(source);
    if (out === undefined || !lowering.wants(out)) continue;
    const part = cut(at, `${at.name}/${out}`, all)[source] as string;
    if (source < inputs.sources.length) {
      const product = lowering.onnx.step(`${out}/by_head`, "FusedMatMul", [part, rows], fused({ transA: true, alpha }));
      keyRows(at, product, out);
    } else {
      const operands = [byPosition(at, out, part, at.ownLength), byPosition(at, `${out}/rows`, rows, at.headSize)];
      const product = lowering.onnx.step(`${out}/own_product`, "FusedMatMul", operands, fused({ transA: true, alpha }));
      ownRows(at, product, out);
    }
  }
}
