import type { ModelWeights } from "@anabranch/core";
import { givenModelScenarios, holdModel, type StreamRun } from "./cases/given-model.js";
import type { ConformanceCase } from "./conformance-case.js";
import { forAll } from "./for-all.js";
import { type ConformanceOptions, settingsFrom } from "./settings.js";

/**
 * Cases that hold a backend against the reference on one model, given with its weights: random texts and trees, with streams of
 * random adapters beside their rows (shared and lossless) and deferred. The backend must have all three.
 */
export function modelCases(weights: ModelWeights, options: ConformanceOptions = {}): readonly ConformanceCase[] {
  const settings = settingsFrom(options);
  const runs: readonly StreamRun[] = ["shared", "lossless", "deferred"];
  return runs.map((run) => ({
    name: `${weights.spec.family}, ${run} streams: results and drafts are the reference's`,
    run: async (backend) => {
      await forAll(settings, givenModelScenarios, (scenario) =>
        holdModel(backend, weights, scenario, run, settings.tolerance),
      );
      return undefined;
    },
  }));
}
