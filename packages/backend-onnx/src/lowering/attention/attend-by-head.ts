import { float, int, ints, type NodeOptions } from "../onnx-builder.js";
import { cut } from "./products.js";
import type { Attention } from "./sizes.js";

/**
 * Whether the short form below fits: a batch of one (a cache is kept by head), rows without keys of their own, and nobody who
 * wants the probabilities.
 */
export function fitsByHead({ lowering, node, inputs, members }: Attention): boolean {
  const cached = inputs.sources.some(({ layout }) => layout === "heads");
  return cached && inputs.own === undefined && members === 1 && !lowering.wants(node.outputs[1] as string);
}

/**
 * Attention of plain rows over a cache. Rows [1, r, K G D] are read as [r, K, (G,) D] and their heads taken for batches by the
 * product itself, so that nothing is laid anew; a query head is a product of its own, which at one row is a vector by a
 * matrix, and ONNX Runtime has a kernel for that where nothing is multiplied besides: so the scale goes to the queries.
 * (Against heads of a group as rows of one product: a third less time at one row, the same at 4, up to a fourth more at 8
 * rows and long contexts, less again from 32; `docs/decisions/onnx-attention.md`.)
 */
export function attendByHead(at: Attention, out: string): void {
  const { lowering, name, inputs, kvHeads, grouped, headSize, scale } = at;
  const { onnx } = lowering;
  // Ungrouped heads need no second batch axis: the cache is read as it stands.
  const axes = grouped === 1 ? [kvHeads] : [kvHeads, grouped];
  const query = onnx.step(`${name}/scaled`, "Mul", [lowering.name(inputs.query), onnx.float(scale)]);
  const queries = onnx.step(`${name}/heads`, "Reshape", [query, onnx.ints([-1, ...axes, headSize])]);
  const keys = inputs.sources.map((_, source) => sourceByHead(at, source, "keys"));
  const scores = keys.map(({ value, rows }, source) =>
    onnx.step(`${name}/keys.${source}`, "FusedMatMul", [queries, value], batched({ a: true, b: rows, transB: true })),
  );
  const joint =
    scores.length === 1
      ? (scores[0] as string)
      : onnx.step(`${name}/scores`, "Concat", scores, { attributes: { axis: int(-1) } });
  const biased = onnx.step(`${name}/biased`, "Add", [joint, biasOfRows(at)]);
  const weights = onnx.step(`${name}/softmax`, "Softmax", [biased], { attributes: { axis: int(-1) } });
  const parts = cut(at, name, weights);
  const mixed = inputs.sources
    .map((_, source) => {
      const { value, rows } = sourceByHead(at, source, "values");
      const mix = [parts[source] as string, value];
      return onnx.step(`${name}/mix.${source}`, "FusedMatMul", mix, batched({ b: rows }));
    })
    .reduce((sum, part) => onnx.step(`${name}/mixed`, "Add", [sum, part]));
  const perm = ints(grouped === 1 ? [1, 0, 2] : [2, 0, 1, 3]);
  const byRow = onnx.step(`${name}/rows`, "Transpose", [mixed], { attributes: { perm } });
  lowering.emit(out, "Reshape", [byRow, onnx.ints([1, -1, kvHeads * grouped * headSize])]);
}

/** The same for every head: [1, r, t] */
function biasOfRows({ lowering, inputs }: Attention): string {
  const { onnx } = lowering;
  const biases = inputs.sources.map(({ bias }) => lowering.name(bias));
  if (biases.length === 1) return biases[0] as string;
  return onnx.once(`bias of rows ${biases.join()}`, () =>
    onnx.step("bias/rows", "Concat", biases, { attributes: { axis: int(-1) } }),
  );
}

/** Keys or values with the batch axes of the queries: a cache [K, (1,) s, D], or rows [r, K, (1,) D] whose heads are batches. */
function sourceByHead(
  { lowering, inputs, kvHeads, grouped, headSize }: Attention,
  source: number,
  which: "keys" | "values",
): { value: string; rows: boolean } {
  const { onnx } = lowering;
  const { layout, [which]: input } = inputs.sources[source] as (typeof inputs.sources)[number];
  const name = lowering.name(input);
  if (layout === "heads") {
    if (grouped === 1) return { value: name, rows: false };
    const value = onnx.once(`grouped cache ${name}`, () =>
      onnx.step(`${input}/grouped`, "Unsqueeze", [name, onnx.ints([1])]),
    );
    return { value, rows: false };
  }
  const axes = grouped === 1 ? [kvHeads] : [kvHeads, 1];
  const value = onnx.once(`row heads ${name}`, () =>
    onnx.step(`${input}/heads`, "Reshape", [name, onnx.ints([-1, ...axes, headSize])]),
  );
  return { value, rows: true };
}

/** A product over batches; `a`, `b`: the operand's first axis is its rows, and its batches come behind. */
function batched({
  a = false,
  b = false,
  transB = false,
}: {
  a?: boolean;
  b?: boolean;
  transB?: boolean;
}): NodeOptions {
  const flag = (set: boolean) => int(set ? 1 : 0);
  return {
    attributes: {
      transA: int(0),
      transB: flag(transB),
      transBatchA: flag(a),
      transBatchB: flag(b),
      alpha: float(1),
    },
    contrib: true,
  };
}
