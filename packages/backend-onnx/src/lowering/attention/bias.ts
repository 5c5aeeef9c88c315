import { HIDDEN_BIAS } from "@anabranch/core";
import { int } from "../onnx-builder.js";
import type { Attention } from "./sizes.js";

/**
 * What is added to the scores of all keys together: [b, 1, r, t]. The same in every layer of a pass, so it is made once.
 */
export function jointBias(at: Attention): string {
  const { lowering, inputs, members, node } = at;
  const { onnx } = lowering;
  const biases = inputs.sources.map((source) => lowering.name(source.bias));
  const key = `bias ${biases.join()} ${members} ${node.attributes.own} ${at.ownLength} ${lowering.shape(inputs.query)}`;
  return onnx.once(key, () => {
    const parts = biases.map((bias) => sourceBias(at, bias));
    if (inputs.own !== undefined) parts.push(ownBias(at));
    const joint =
      parts.length === 1
        ? (parts[0] as string)
        : onnx.step("bias/joint", "Concat", parts, { attributes: { axis: int(-1) } });
    return onnx.step("bias", "Reshape", [joint, onnx.ints([0, 1, -1, 0])]);
  });
}

/** [b, p, s] to [b, p, m, s] */
function sourceBias({ lowering, members }: Attention, bias: string): string {
  const { onnx } = lowering;
  return onnx.once(`source bias ${members} ${bias}`, () => {
    const apart = onnx.step(`${bias}/apart`, "Unsqueeze", [bias, onnx.ints([2])]);
    if (members === 1) return apart;
    return onnx.step(`${bias}/members`, "Expand", [apart, onnx.ints([1, 1, members, 1])]);
  });
}

/** Which of its position's own keys each member sees, [b, p, m, γ]: see `OwnKeys`. */
function ownBias({ lowering, members, ownLength, node, inputs }: Attention): string {
  const { onnx } = lowering;
  const mask = new Float32Array(members * ownLength);
  for (let member = 0; member < members; member++) {
    for (let key = 0; key < ownLength; key++) {
      const stream = node.attributes.own === "streams" ? member + 1 : member;
      mask[member * ownLength + key] = stream === 0 || key < stream ? 0 : HIDDEN_BIAS;
    }
  }
  const rows = onnx.step("own_bias/rows", "Shape", [lowering.name(inputs.query)], {
    attributes: { start: int(0), end: int(2) },
  });
  const positions = onnx.step("own_bias/positions", "Div", [rows, onnx.ints([1, members])]);
  const ones = onnx.ints([1, 1]);
  const shape = onnx.step("own_bias/shape", "Concat", [positions, ones], { attributes: { axis: int(0) } });
  const table = onnx.floats("own_bias/mask", [1, 1, members, ownLength], mask);
  return onnx.step("own_bias", "Expand", [table, shape]);
}

/** How many keys each part of the joint axis has, as int64 [parts]. */
export function partLengths({ lowering, inputs, ownLength }: Attention): string {
  const { onnx } = lowering;
  const biases = inputs.sources.map((source) => lowering.name(source.bias));
  return onnx.once(`lengths ${biases.join()} ${inputs.own === undefined ? 0 : ownLength}`, () => {
    const lengths = biases.map((bias) =>
      onnx.step(`${bias}/length`, "Shape", [bias], { attributes: { start: int(2) } }),
    );
    if (inputs.own !== undefined) lengths.push(onnx.ints([ownLength]));
    return onnx.step("bias/lengths", "Concat", lengths, { attributes: { axis: int(0) } });
  });
}
