import { readFileSync } from "node:fs";
import { type Float32Tensor, toFloat32 } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { loadModel, openSafetensors } from "../src/index.js";
import { hasShared, needsShared, sharedPath } from "./support/shared.js";
import { toGguf } from "./support/to-gguf.js";

/** Norms that hold 1 + w lose a bit or two of w. */
const tolerance = 1e-6;

describe.skipIf(!hasShared)(`a family's model as GGUF is the model of its folder${needsShared}`, () => {
  it.each(["llama", "llama3-rope", "mistral-window", "qwen2", "qwen3", "phi3", "gemma3", "smollm3", "gpt2"])(
    "%s",
    async (family) => {
      const folder = sharedPath(`fixtures/families/${family}`);
      const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
      const stored = await openSafetensors(`${folder}/model.safetensors`);
      const tensors = new Map<string, Float32Tensor>();
      for (const [name, { shape }] of stored.tensors) {
        tensors.set(name, { format: "f32", shape, data: (await stored.read(name)) as Float32Array });
      }
      await stored.close();

      const expected = await loadModel(folder);
      const found = await loadModel(new Map([["model.gguf", toGguf(config, tensors)]]));
      expect(found.config).toEqual(expected.config);
      expect(found.warnings).toEqual([]);
      expect([...found.weights.tensors.keys()]).toEqual([...expected.weights.tensors.keys()]);
      for (const [name, tensor] of expected.weights.tensors) {
        const values = toFloat32(found.weights.tensors.get(name) ?? tensor);
        const furthest = toFloat32(tensor).reduce(
          (most, x, i) => Math.max(most, Math.abs(x - (values[i] as number))),
          0,
        );
        expect(furthest, name).toBeLessThanOrEqual(tolerance);
      }
    },
  );
});
