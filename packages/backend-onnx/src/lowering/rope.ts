import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/** Tables of cosines and sines, made once a graph in double precision: [maxPositions, headSize / 2]. */
function table(
  lowering: Lowering,
  attributes: NodeOf<"rope">["attributes"],
  which: "cos" | "sin",
  sign: number,
): string {
  const { frequencies, maxPositions } = attributes;
  const key = `${which} ${sign} ${maxPositions} ${frequencies.join()}`;
  return lowering.onnx.once(key, () => {
    const half = frequencies.length;
    const data = new Float32Array(maxPositions * half);
    for (let position = 0; position < maxPositions; position++) {
      for (let pair = 0; pair < half; pair++) {
        data[position * half + pair] = sign * Math[which](position * (frequencies[pair] as number));
      }
    }
    return lowering.onnx.floats(`rope.${which}`, [maxPositions, half], data);
  });
}

export function lowerRope(lowering: Lowering, node: NodeOf<"rope">): void {
  const [x, positions] = node.inputs;
  const { headSize, inverse } = node.attributes;
  const { onnx } = lowering;
  const indices = asInt64(lowering, positions);
  const inputs = [
    lowering.name(x),
    indices,
    table(lowering, node.attributes, "cos", 1),
    table(lowering, node.attributes, "sin", inverse ? -1 : 1),
  ];
  const heads = Number(lowering.shape(x).at(-1)) / headSize;
  onnx.node("RotaryEmbedding", inputs, [lowering.declare(node.outputs[0])], {
    attributes: { interleaved: int(0), num_heads: int(heads), rotary_embedding_dim: int(0) },
    contrib: true,
  });
}

/** An int32 value as the int64 that most of ONNX's indexing wants; converted once a graph. */
export function asInt64(lowering: Lowering, value: string): string {
  const name = lowering.name(value);
  return lowering.onnx.once(`int64 ${name}`, () =>
    lowering.onnx.step(`${value}/int64`, "Cast", [name], { attributes: { to: int(7) } }),
  );
}
