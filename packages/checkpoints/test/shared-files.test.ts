import { readFileSync } from "node:fs";
import {
  type Adapter,
  baseParameterShapes,
  type Float32Tensor,
  LINEAR_MODULES,
  type StreamSpec,
} from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { fingerprint, loadAdapter, loadModel, openSafetensors, saveAdapter } from "../src/index.js";
import { bits } from "./support/arbitrary-model.js";
import { hasShared, needsShared, sharedPath } from "./support/shared.js";

const json = (path: string) => JSON.parse(readFileSync(sharedPath(path), "utf8"));

async function fixtureAdapter(mode: "shared" | "lossless"): Promise<Adapter> {
  const {
    gamma,
    msa_layers: msaLayers,
    lora_rank: rank,
    lora_alpha: alpha,
  } = json("fixtures/streams-tiny/cases.json").streams;
  const file = await openSafetensors(sharedPath(`fixtures/streams-tiny/adapter-${mode}.safetensors`));
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, { shape }] of file.tensors) {
    tensors.set(name, { format: "f32", shape, data: (await file.read(name)) as Float32Array });
  }
  await file.close();
  const layers = mode === "shared" ? [0, 1, 2, 3, 4] : [0, 1, 2, 3, 4].slice(-msaLayers);
  const streams: StreamSpec = { mode, gamma, msaLayers, lora: { rank, alpha, modules: LINEAR_MODULES, layers } };
  return { streams, tensors };
}

describe.skipIf(!hasShared)(`files that others wrote${needsShared}`, () => {
  it("stories260K: a real trained model, head tied to the embedding", async () => {
    const { weights, config, warnings } = await loadModel(sharedPath("models/stories260K-hf"));
    expect(weights.spec).toMatchObject({ layers: 5, heads: 8, kvHeads: 4, headSize: 8, mlpSize: 172, tiedHead: true });
    expect(config).toMatchObject({ bosTokenId: 1, eosTokenIds: [2] });
    expect(warnings).toEqual([]);
    const shapes = [...weights.tensors].map(([name, { shape }]) => [name, shape]);
    expect(new Map(shapes as [string, number[]][])).toEqual(baseParameterShapes(weights.spec));
    expect(weights.tensors.has("lm_head.weight")).toBe(false);

    // The same floats lie in llama2.c's own file of this model: 28 bytes of header, then the embedding.
    const original = readFileSync(sharedPath("models/stories260K/stories260K.bin"));
    const embedding = weights.tensors.get("model.embed_tokens.weight") as Float32Tensor;
    expect(bits(embedding.data).equals(original.subarray(28, 28 + embedding.data.byteLength))).toBe(true);
  });

  it.each(["shared", "lossless"] as const)(
    "streams-tiny: model and %s adapter, saved in our format and loaded",
    async (mode) => {
      const { weights } = await loadModel(sharedPath("fixtures/streams-tiny"));
      const adapter = { ...(await fixtureAdapter(mode)), baseFingerprint: await fingerprint(weights) };
      const files = new Map<string, Uint8Array | Blob>();
      await saveAdapter(files, adapter, { format: "f32" });
      const { adapter: found } = await loadAdapter(files, { base: weights });
      expect(found.streams).toEqual(adapter.streams);
      for (const [name, { data }] of adapter.tensors) {
        expect(bits((found.tensors.get(name) as Float32Tensor).data).equals(bits(data)), name).toBe(true);
      }
    },
  );

  it("streams-tiny: every expected tensor is finite and of its shape", async () => {
    const file = await openSafetensors(sharedPath("fixtures/streams-tiny/expected.safetensors"));
    for (const [name, { shape }] of file.tensors) {
      const data = await file.read(name);
      expect(data.length, name).toBe(shape.reduce((product, size) => product * size, 1));
      expect(data.every(Number.isFinite), name).toBe(true);
    }
    await file.close();
  });
});
