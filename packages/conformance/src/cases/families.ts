import { AnabranchError, type Backend, type ModelWeights } from "@anabranch/core";
import fc from "fast-check";
import type { ConformanceCase } from "../conformance-case.js";
import { forAll } from "../for-all.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { familyPlans } from "../random/family-plan.js";
import { randomWeights } from "../random/model-weights.js";
import type { ConformanceSettings } from "../settings.js";
import { givenModelScenarios, holdModel, type StreamRun } from "./given-model.js";

/** Norms, biases, activations, windows and positions in any mixture. */
export function families(settings: ConformanceSettings): ConformanceCase[] {
  const runs: readonly StreamRun[] = ["shared", "lossless", "deferred"];
  const scenarios = fc.tuple(familyPlans, givenModelScenarios);
  return runs.map((run) => ({
    name: `models of other families give the reference's results, with ${run} streams`,
    run: async (backend) => {
      if (!(await canRun(backend, run))) return `${run} streams are not declared`;
      let refused = false;
      await forAll(settings, scenarios, async ([plan, scenario]) => {
        const weights = randomWeights(plan);
        if (await refuses(backend, weights)) refused = true;
        else await holdModel(backend, weights, scenario, run, settings.tolerance);
      });
      return refused ? "some of these models are refused" : undefined;
    },
  }));
}

async function canRun(backend: Backend, run: StreamRun): Promise<boolean> {
  const { streamModes, parallelStreams, deferredStreams } = await capabilitiesOf(backend);
  if (run === "deferred") return deferredStreams && streamModes.includes("lossless");
  return parallelStreams && streamModes.includes(run);
}

/** A backend need not compute every family, but says so when it loads one. */
async function refuses(backend: Backend, weights: ModelWeights): Promise<boolean> {
  try {
    await (await backend.load(weights)).dispose();
    return false;
  } catch (error) {
    if (AnabranchError.isInstance(error) && error.code === "UNSUPPORTED") return true;
    throw error;
  }
}
