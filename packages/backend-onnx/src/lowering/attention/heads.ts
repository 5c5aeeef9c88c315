import { int, ints } from "../onnx-builder.js";
import type { Attention } from "./sizes.js";

/** Rows of queries [b, r, K G D] by kv head: [b, K, G r, D]. */
export function queryHeads({ lowering, kvHeads, grouped, headSize }: Attention, rows: string): string {
  const { onnx } = lowering;
  const name = lowering.name(rows);
  return onnx.once(`query heads ${name}`, () => {
    const heads = kvHeads * grouped;
    const split = onnx.step(`${rows}/split`, "Reshape", [name, onnx.ints([0, 0, heads, headSize])]);
    const byHead = onnx.step(`${rows}/heads`, "Transpose", [split], { attributes: { perm: ints([0, 2, 1, 3]) } });
    if (grouped === 1) return byHead;
    return onnx.step(`${rows}/kv_heads`, "Reshape", [byHead, onnx.ints([0, kvHeads, -1, headSize])]);
  });
}

/** Back from [b, K, G r, D] to rows, as the value `out`. */
export function queryRows({ lowering, kvHeads, grouped, headSize }: Attention, byHead: string, out: string): void {
  const { onnx } = lowering;
  const heads = kvHeads * grouped;
  let all = byHead;
  if (grouped > 1) all = onnx.step(`${out}/heads`, "Reshape", [byHead, onnx.ints([0, heads, -1, headSize])]);
  const rows = onnx.step(`${out}/rows`, "Transpose", [all], { attributes: { perm: ints([0, 2, 1, 3]) } });
  lowering.emit(out, "Reshape", [rows, onnx.ints([0, 0, heads * headSize])]);
}

/** Keys or values as rows [b, s, K D] by head: [b, K, s, D]. */
export function keyHeads({ lowering, kvHeads, headSize }: Attention, rows: string): string {
  const { onnx } = lowering;
  const name = lowering.name(rows);
  return onnx.once(`key heads ${name}`, () => {
    const split = onnx.step(`${rows}/split`, "Reshape", [name, onnx.ints([0, 0, kvHeads, headSize])]);
    return onnx.step(`${rows}/heads`, "Transpose", [split], { attributes: { perm: ints([0, 2, 1, 3]) } });
  });
}

/** Back from [b, K, s, D] to rows. */
export function keyRows({ lowering, kvHeads, headSize }: Attention, byHead: string, out: string): void {
  const { onnx } = lowering;
  const rows = onnx.step(`${out}/rows`, "Transpose", [byHead], { attributes: { perm: ints([0, 2, 1, 3]) } });
  lowering.emit(out, "Reshape", [rows, onnx.ints([0, 0, kvHeads * headSize])]);
}

/** Own keys [b, p γ, K D] by head and position: [b, K, 1, p, γ, D], the 1 standing for the G query heads. */
export function ownHeads({ lowering, kvHeads, headSize, ownLength }: Attention, rows: string): string {
  const { onnx } = lowering;
  const name = lowering.name(rows);
  return onnx.once(`own heads ${ownLength} ${name}`, () => {
    const shape = onnx.ints([0, -1, ownLength, kvHeads, headSize]);
    const split = onnx.step(`${rows}/by_position`, "Reshape", [name, shape]);
    const byHead = onnx.step(`${rows}/own_heads`, "Transpose", [split], {
      attributes: { perm: ints([0, 3, 1, 2, 4]) },
    });
    return onnx.step(`${rows}/own`, "Unsqueeze", [byHead, onnx.ints([2])]);
  });
}

/** Back from [b, K, G, p, γ, D], summed over G, to rows. */
export function ownRows({ lowering, kvHeads, grouped, headSize }: Attention, byHead: string, out: string): void {
  const { onnx } = lowering;
  const axis = onnx.ints([2]);
  const summed =
    grouped === 1
      ? onnx.step(`${out}/by_head`, "Squeeze", [byHead, axis])
      : onnx.step(`${out}/by_head`, "ReduceSum", [byHead, axis], { attributes: { keepdims: int(0) } });
  const rows = onnx.step(`${out}/rows`, "Transpose", [summed], { attributes: { perm: ints([0, 2, 3, 1, 4]) } });
  lowering.emit(out, "Reshape", [rows, onnx.ints([0, -1, kvHeads * headSize])]);
}

/** Queries or their gradients [b, K, G r, X] by position: [b, K, G, p, m, X]. */
export function byPosition(at: Attention, name: string, byHead: string, width: number): string {
  const { onnx } = at.lowering;
  return onnx.once(`by position ${byHead}`, () =>
    onnx.step(`${name}/by_position`, "Reshape", [
      byHead,
      onnx.ints([0, at.kvHeads, at.grouped, -1, at.members, width]),
    ]),
  );
}

/** Back from [b, K, G, p, m, X] to [b, K, G r, X]. */
export function fromPosition(at: Attention, name: string, grouped: string, width: number): string {
  const { onnx } = at.lowering;
  return onnx.step(`${name}/from_position`, "Reshape", [grouped, onnx.ints([0, at.kvHeads, -1, width])]);
}
