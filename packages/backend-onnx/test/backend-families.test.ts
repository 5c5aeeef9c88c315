import {
  type FamilyFixture,
  familiesAbsent,
  familyNames,
  greedyTokens,
  logitsOf,
  readFamily,
} from "@anabranch/bench-kit/family-fixtures";
import { modelCases } from "@anabranch/conformance";
import { type Backend, type BackendModel, createReferenceBackend } from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";

const backends: Readonly<Record<string, () => Backend>> = {
  reference: createReferenceBackend,
  onnx: () => createOnnxBackend({ threads: 1, weights: "float32" }),
};

describe.skipIf(familiesAbsent !== "").each(familyNames)(`%s${familiesAbsent}`, (family) => {
  let given: FamilyFixture;
  beforeAll(async () => {
    given = await readFamily(family);
    expect(given.loaded.warnings).toEqual([]);
  });

  describe.each(Object.keys(backends))("on the %s backend", (name) => {
    let model: BackendModel;
    beforeAll(async () => {
      model = await (backends[name] as () => Backend)().load(given.loaded.weights);
    });
    afterAll(() => model?.dispose());

    it("has the logits of transformers within 2e-4", async () => {
      const found = await logitsOf(model, given.ids);
      expect(found).toHaveLength(given.logits.length);
      const worst = found.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (given.logits[at] as number))),
        0,
      );
      expect(worst).toBeLessThan(2e-4);
    });

    it("goes on with the tokens of transformers", async () => {
      const prompt = given.ids.slice(0, given.prompt);
      expect(await greedyTokens(model, prompt, given.greedy.length)).toEqual(given.greedy);
    });
  });

  it.each([0, 1, 2])("runs streams on ONNX as on the reference (case %i)", async (index) => {
    const backend = (backends.onnx as () => Backend)();
    await modelCases(given.loaded.weights, { runs: 3 })[index]?.run(backend);
  });
});
