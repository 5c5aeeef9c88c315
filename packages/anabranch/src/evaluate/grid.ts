import { InvalidArgumentError, type StreamSpec } from "@anabranch/core";
import { fullTreeNodes } from "../model/full-tree.js";
import type { LanguageModel } from "../model/language-model.js";
import type { TaskExample } from "../tasks/task.js";
import { type EvaluateOptions, evaluate, type MeasuredReport } from "./evaluate.js";

/** Settings to try: every combination, but for those that an adapter cannot have. */
export interface GridAxes {
  readonly streams: readonly ("parallel" | "deferred")[];
  readonly depth: readonly number[];
  readonly topK: readonly number[];
  readonly nodes: readonly number[];
}

export type GridSetting = Required<Pick<EvaluateOptions, "streams" | "depth" | "topK" | "nodes">>;

/**
 * The combinations that differ: no deferred streams in shared mode, levels beyond γ only where transitions go on below the
 * streams, in shared mode no fewer levels than γ (there γ belongs to the model), no tree larger than the full one, and none
 * twice.
 *
 * @throws InvalidArgumentError when none is left.
 */
export function gridSettings(
  axes: GridAxes,
  adapter: { readonly streams: Pick<StreamSpec, "mode" | "gamma">; readonly transitions: boolean },
): GridSetting[] {
  const { mode, gamma } = adapter.streams;
  const timings = axes.streams.filter((timing) => timing === "parallel" || mode !== "shared");
  const depths = axes.depth.filter((depth) => {
    return depth === gamma || (depth < gamma ? mode === "lossless" : adapter.transitions);
  });
  const settings = timings.flatMap((timing) =>
    depths.flatMap((depth) =>
      axes.topK.flatMap((topK) => {
        const sizes = new Set(axes.nodes.map((nodes) => Math.min(nodes, fullTreeNodes(topK, depth))));
        return [...sizes].map((nodes): GridSetting => ({ streams: timing, depth, topK, nodes }));
      }),
    ),
  );
  if (settings.length > 0) return settings;
  throw new InvalidArgumentError(`No setting of the grid fits a ${mode} adapter with γ = ${gamma}.`, {
    subject: "depth",
    cure: mode === "shared" ? `Use parallel streams and a depth of ${gamma}.` : `Use depths up to ${gamma}.`,
  });
}

/** Evaluates a model at every setting of a grid, losing ones too. @throws what `evaluate` throws. */
export async function evaluateGrid(
  model: LanguageModel,
  examples: readonly TaskExample[],
  settings: readonly GridSetting[],
  options: EvaluateOptions & { readonly onReport?: (report: MeasuredReport, done: number, total: number) => void },
): Promise<MeasuredReport[]> {
  const reports: MeasuredReport[] = [];
  for (const setting of settings) {
    const report = await evaluate(model, examples, { ...options, ...setting });
    reports.push(report);
    options.onReport?.(report, reports.length, settings.length);
  }
  return reports;
}
