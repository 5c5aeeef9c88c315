import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int, text } from "../onnx-builder.js";
import { asInt64 } from "../rope.js";
import { rowIndices } from "../rows.js";
import { flatRows } from "./linear-grad.js";

/**
 * ONNX Runtime adds ScatterND's updates from several threads at once, so that rows named twice may lose one, and not the
 * same one each time. ScatterElements goes through its updates in order.
 */
function scatterRows(
  lowering: Lowering,
  out: string,
  at: { readonly like: string; readonly indices: string; readonly updates: string; readonly axis: number },
): void {
  const { onnx } = lowering;
  const shape = onnx.step(`${out}/updates_shape`, "Shape", [at.updates]);
  const everywhere = onnx.step(`${out}/elements`, "Expand", [at.indices, shape]);
  lowering.emit(out, "ScatterElements", [zerosLike(lowering, at.like), everywhere, at.updates], {
    attributes: { axis: int(at.axis), reduction: text("add") },
  });
}

function zerosLike(lowering: Lowering, value: string): string {
  const { onnx } = lowering;
  const shape = onnx.step(`${value}/shape`, "Shape", [lowering.name(value)]);
  return onnx.step(`${value}/zeros`, "ConstantOfShape", [shape]);
}

export function lowerEmbedGrad(lowering: Lowering, node: NodeOf<"embedGrad">): void {
  const [table, tokens, dy] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const indices = onnx.step(`${out}/rows`, "Reshape", [asInt64(lowering, tokens), onnx.ints([-1, 1])]);
  scatterRows(lowering, out, { like: table, indices, updates: flatRows(lowering, dy), axis: 0 });
}

export function lowerSelectGrad(lowering: Lowering, node: NodeOf<"selectGrad">): void {
  const [x, rows, dy] = node.inputs;
  const indices = rowIndices(lowering, rows);
  scatterRows(lowering, node.outputs[0], { like: x, indices, updates: lowering.name(dy), axis: 1 });
}
