import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { type GraphRuntime, referenceRuntime } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { GradientStep } from "../src/train/gradient-step.js";
import { objectiveOf } from "../src/train/objective-of.js";
import { defaultSettings } from "../src/train/settings.js";
import { type Fixture, fixtureIsThere, loadFixture, relativeDistance } from "./streams-tiny.js";

const runtimes: { name: string; create: () => GraphRuntime; tolerance: number }[] = [
  { name: "the reference interpreter", create: () => referenceRuntime, tolerance: 1e-4 },
  { name: "ONNX Runtime", create: () => createOnnxRuntime(), tolerance: 1e-3 },
];

/** The oracle's loss and gradients, from the same code that training runs. */
async function gradientsOf(fixture: Fixture, create: () => GraphRuntime) {
  const { weights, adapter, train } = fixture;
  const settings = { ...defaultSettings, mainWeight: train.alpha_0, streamWeights: train.alpha_j };
  const runtime = create();
  const first = (train.stream_rows[0] as number) + 1;
  const example = { prompt: train.sequence.slice(0, first), completions: [train.sequence.slice(first)] };
  const subject = { mode: adapter.streams.mode, weights, adapter };
  const objective = await objectiveOf(runtime, subject, settings, [example]);
  const step = await GradientStep.compile(runtime, objective);
  const result = await step.run(await objective.batches([example]));
  await step.dispose();
  await objective.dispose();
  return { ...result, gradients: step.gradients };
}

describe.skipIf(!fixtureIsThere)("a training step (skipped where ../shared/fixtures/streams-tiny is absent)", () => {
  describe.each(runtimes)("on $name", ({ create, tolerance }) => {
    it.each(["shared", "lossless"] as const)("has the oracle's loss and every gradient in %s mode", async (mode) => {
      const fixture = await loadFixture(mode);
      const { loss, losses, gradients } = await gradientsOf(fixture, create);
      const main = mode === "shared" ? [fixture.train.loss_main] : [];
      expect(relativeDistance(losses, [...main, ...fixture.train.loss_streams])).toBeLessThan(tolerance);
      expect(relativeDistance([loss], [fixture.train.loss])).toBeLessThan(tolerance);
      expect(new Set(gradients.keys())).toEqual(new Set(fixture.gradients.keys()));
      for (const [name, { data }] of fixture.gradients) {
        expect(relativeDistance(gradients.get(name) as Float32Array, data), name).toBeLessThan(tolerance);
      }
    });
  });
});
