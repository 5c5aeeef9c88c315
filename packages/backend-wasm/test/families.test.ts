import {
  type FamilyFixture,
  familiesAbsent,
  familyNames,
  greedyTokens,
  logitsOf,
  readFamily,
} from "@anabranch/bench-kit/family-fixtures";
import { convertWeight } from "@anabranch/checkpoints";
import { modelCases } from "@anabranch/conformance";
import { type BackendModel, createReferenceBackend, type ModelWeights, toFloat32 } from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend } from "../src/index.js";

const worstDistance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] as number))), 0);

const deviation = (numbers: Float32Array): number =>
  Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length);

describe.skipIf(familiesAbsent !== "").each(familyNames)(`%s${familiesAbsent}`, (family) => {
  let given: FamilyFixture;
  beforeAll(async () => {
    given = await readFamily(family);
  });

  describe("float32, two threads", () => {
    let model: BackendModel;
    beforeAll(async () => {
      model = await createWasmBackend({ threads: 2 }).load(given.loaded.weights);
    });
    afterAll(() => model?.dispose());

    it("has the logits of transformers within 2e-4", async () => {
      const found = await logitsOf(model, given.ids);
      expect(found).toHaveLength(given.logits.length);
      expect(worstDistance(found, given.logits)).toBeLessThan(2e-4);
    });

    it("goes on with the tokens of transformers", async () => {
      const prompt = given.ids.slice(0, given.prompt);
      expect(await greedyTokens(model, prompt, given.greedy.length)).toEqual(given.greedy);
    });
  });

  it.each([0, 1, 2])("runs streams as on the reference (case %i)", async (index) => {
    await modelCases(given.loaded.weights, { runs: 3 })[index]?.run(createWasmBackend({ threads: 2 }));
  });

  describe("8 bits", () => {
    /** Of the model with exactly these rounded weights, whose rows are not rounded. */
    let exact: Float32Array;
    let rounded: ModelWeights;
    beforeAll(async () => {
      const { spec, tensors } = given.loaded.weights;
      rounded = { spec, tensors: new Map([...tensors].map(([name, one]) => [name, convertWeight(name, one, "int8")])) };
      const plain = [...rounded.tensors].map(
        ([name, one]) => [name, { format: "f32", shape: one.shape, data: toFloat32(one) }] as const,
      );
      const reference = await createReferenceBackend().load({ spec, tensors: new Map(plain) });
      exact = await logitsOf(reference, given.ids);
      await reference.dispose();
    });

    it.each([
      ["int14", 1e-3],
      ["mixed", 0.05],
      ["int8", 0.06],
    ] as const)(
      "with %s rows has the logits of these weights, within %d of their spread",
      async (rowPrecision, share) => {
        const model = await createWasmBackend({ threads: 2, rowPrecision }).load(rounded);
        const found = await logitsOf(model, given.ids);
        await model.dispose();
        const distances = found.map((value, at) => value - (exact[at] as number));
        expect(deviation(distances)).toBeLessThan(share * deviation(exact));
      },
    );
  });
});
