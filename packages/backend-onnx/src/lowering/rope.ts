import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/**
 * RotaryEmbedding refuses passes of more rows than its table has, and a pass may have several rows a position (streams,
 * branches of a tree), so that a short table is made longer than the model's positions.
 */
function tableRows(maxPositions: number): number {
  return Math.max(maxPositions, Math.min(16 * maxPositions, 16_384));
}

/** Tables of scaled cosines and sines, made once a graph in double precision: [table rows, frequencies]. */
function table(
  lowering: Lowering,
  attributes: NodeOf<"rope">["attributes"],
  which: "cos" | "sin",
  factor: number,
): string {
  const { frequencies, maxPositions } = attributes;
  const key = `${which} ${factor} ${maxPositions} ${frequencies.join()}`;
  return lowering.onnx.once(key, () => {
    const half = frequencies.length;
    const rows = tableRows(maxPositions);
    const data = new Float32Array(rows * half);
    for (let position = 0; position < rows; position++) {
      for (let pair = 0; pair < half; pair++) {
        data[position * half + pair] = factor * Math[which](position * (frequencies[pair] as number));
      }
    }
    return lowering.onnx.floats(`rope.${which}`, [rows, half], data);
  });
}

export function lowerRope(lowering: Lowering, node: NodeOf<"rope">): void {
  const [x, positions] = node.inputs;
  const { headSize, inverse, frequencies, scale = 1 } = node.attributes;
  // 0: the whole head.
  const turning = 2 * frequencies.length === headSize ? 0 : 2 * frequencies.length;
  const { onnx } = lowering;
  const indices = asInt64(lowering, positions);
  // ONNX Runtime takes no more rows than positions, and streams are several rows a position: then each row is an entry.
  const apart = String(lowering.shape(x)[1]).includes("*");
  const width = Number(lowering.shape(x).at(-1));
  const inputs = [
    apart ? onnx.step(`${x}/apart`, "Reshape", [lowering.name(x), onnx.ints([-1, 1, width])]) : lowering.name(x),
    apart
      ? onnx.once(`apart ${indices}`, () => onnx.step(`${positions}/apart`, "Reshape", [indices, onnx.ints([-1, 1])]))
      : indices,
    table(lowering, node.attributes, "cos", scale),
    table(lowering, node.attributes, "sin", inverse ? -scale : scale),
  ];
  const options = {
    attributes: { interleaved: int(0), num_heads: int(width / headSize), rotary_embedding_dim: int(turning) },
    contrib: true,
  };
  if (!apart) {
    onnx.node("RotaryEmbedding", inputs, [lowering.declare(node.outputs[0])], options);
    return;
  }
  const turned = onnx.step(`${node.outputs[0]}/turned`, "RotaryEmbedding", inputs, options);
  const shape = onnx.once(`shape ${lowering.name(x)}`, () => onnx.step(`${x}/shape`, "Shape", [lowering.name(x)]));
  lowering.emit(node.outputs[0], "Reshape", [turned, shape]);
}

/** An int32 value as the int64 that most of ONNX's indexing wants; converted once a graph. */
export function asInt64(lowering: Lowering, value: string): string {
  const name = lowering.name(value);
  return lowering.onnx.once(`int64 ${name}`, () =>
    lowering.onnx.step(`${value}/int64`, "Cast", [name], { attributes: { to: int(7) } }),
  );
}
