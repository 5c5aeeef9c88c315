import { float, int, type NodeOptions } from "../onnx-builder.js";
import { partLengths } from "./bias.js";
import { byPosition, fromPosition, keyHeads, ownHeads } from "./heads.js";
import type { Attention } from "./sizes.js";

export function fused(attributes: { transA?: boolean; transB?: boolean; alpha?: number }): NodeOptions {
  return {
    attributes: {
      transA: int(attributes.transA ? 1 : 0),
      transB: int(attributes.transB ? 1 : 0),
      alpha: float(attributes.alpha ?? 1),
    },
    contrib: true,
  };
}

/** Keys or values of each source by head: [b, K, s, D], or a cache's own [K, s, D]. */
function sourceHeads(at: Attention, which: "keys" | "values"): string[] {
  return at.inputs.sources.map((source) =>
    source.layout === "heads" ? at.lowering.name(source[which]) : keyHeads(at, source[which]),
  );
}

/**
 * Rows [b, K, G r, D] against the keys (or values) of every source and the position's own, side by side:
 * [b, K, G r, t], times alpha.
 */
export function againstAll(at: Attention, name: string, rows: string, which: "keys" | "values", alpha: number): string {
  const { onnx } = at.lowering;
  const { own } = at.inputs;
  const parts = sourceHeads(at, which).map((heads, source) =>
    onnx.step(`${name}/${which}.${source}`, "FusedMatMul", [rows, heads], fused({ transB: true, alpha })),
  );
  if (own !== undefined) {
    const grouped = byPosition(at, name, rows, at.headSize);
    const ownParts = [grouped, ownHeads(at, own[which])];
    const scores = onnx.step(`${name}/own_${which}`, "FusedMatMul", ownParts, fused({ transB: true, alpha }));
    parts.push(fromPosition(at, `${name}/own_${which}`, scores, at.ownLength));
  }
  if (parts.length === 1) return parts[0] as string;
  return onnx.step(`${name}/all_${which}`, "Concat", parts, { attributes: { axis: int(-1) } });
}

/** [b, K, G r, t] cut into its sources and own keys. */
export function cut(at: Attention, name: string, all: string): string[] {
  const { onnx } = at.lowering;
  const parts = at.inputs.sources.length + (at.inputs.own === undefined ? 0 : 1);
  if (parts === 1) return [all];
  return onnx
    .once(`cut ${all}`, () => {
      const outputs = Array.from({ length: parts }, (_, part) => onnx.freeName(`${name}/part.${part}`));
      onnx.node("Split", [all, partLengths(at)], outputs, { attributes: { axis: int(-1) } });
      return outputs.join("\n");
    })
    .split("\n");
}

/** Weights [b, K, G r, t] times the keys (or values) of every source and own: [b, K, G r, D], times alpha. */
export function mixAll(at: Attention, name: string, weights: string, which: "keys" | "values", alpha: number): string {
  const { onnx } = at.lowering;
  const { own } = at.inputs;
  const parts = cut(at, name, weights);
  const sums = sourceHeads(at, which).map((heads, source) =>
    onnx.step(`${name}/mix.${source}`, "FusedMatMul", [parts[source] as string, heads], fused({ alpha })),
  );
  if (own !== undefined) {
    const grouped = byPosition(at, `${name}/own`, parts.at(-1) as string, at.ownLength);
    const mixed = onnx.step(`${name}/mix_own`, "FusedMatMul", [grouped, ownHeads(at, own[which])], fused({ alpha }));
    sums.push(fromPosition(at, `${name}/mix_own`, mixed, at.headSize));
  }
  return sums.reduce((sum, part) => onnx.step(`${name}/mixed`, "Add", [sum, part]));
}
