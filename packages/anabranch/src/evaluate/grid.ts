import type { EvaluationReport } from "@anabranch/evaluation";
import type { LanguageModel } from "../model/language-model.js";
import type { TaskExample } from "../tasks/task.js";
import { type EvaluateOptions, evaluate } from "./evaluate.js";

/** Settings to try: every combination, but for those that an adapter cannot have. */
export interface GridAxes {
  readonly streams: readonly ("parallel" | "deferred")[];
  readonly depth: readonly number[];
  readonly topK: readonly number[];
  readonly nodes: readonly number[];
}

type GridSetting = Required<Pick<EvaluateOptions, "streams" | "depth" | "topK" | "nodes">>;

/**
 * The combinations that differ: no deferred streams in shared mode, no level beyond γ, in shared mode no fewer levels than
 * γ either (there γ belongs to the model), no tree larger than the full one, and none of one node a level more than once.
 */
export function gridSettings(axes: GridAxes, streams: { readonly mode: string; readonly gamma: number }): GridSetting[] {
  const settings: GridSetting[] = [];
  for (const timing of axes.streams) {
    if (timing === "deferred" && streams.mode === "shared") continue;
    for (const depth of axes.depth) {
      if (depth > streams.gamma || (streams.mode === "shared" && depth < streams.gamma)) continue;
      for (const topK of axes.topK) {
        const full = fullTreeNodes(topK, depth);
        const sizes = new Set(axes.nodes.map((nodes) => Math.min(nodes, full)));
        for (const nodes of sizes) settings.push({ streams: timing, depth, topK, nodes });
      }
    }
  }
  return settings;
}

/** k + k² + ... + k^depth */
export function fullTreeNodes(topK: number, depth: number): number {
  let nodes = 0;
  for (let level = 1; level <= depth; level++) nodes += topK ** level;
  return nodes;
}

/** Evaluates a model at every setting of a grid, losing ones too. */
export async function evaluateGrid(
  model: LanguageModel,
  examples: readonly TaskExample[],
  settings: readonly GridSetting[],
  options: EvaluateOptions & { readonly onReport?: (report: EvaluationReport, done: number, total: number) => void },
): Promise<EvaluationReport[]> {
  const reports: EvaluationReport[] = [];
  for (const setting of settings) {
    const report = await evaluate(model, examples, { ...options, ...setting });
    reports.push(report);
    options.onReport?.(report, reports.length, settings.length);
  }
  return reports;
}
