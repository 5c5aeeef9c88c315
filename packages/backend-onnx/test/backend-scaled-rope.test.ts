import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadModel } from "@anabranch/checkpoints";
import { modelCases } from "@anabranch/conformance";
import { type Backend, createReferenceBackend, type ModelWeights } from "@anabranch/core";
import { beforeAll, describe, expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";

const shared = process.env["ANABRANCH_SHARED"] ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
const folder = `${shared}/fixtures/families`;
const there = existsSync(folder);

const factors = Array.from({ length: 8 }, (_, pair) => 1 + pair / 4);

/** A family's random model with another scaling in its config, in either spelling. */
const models: readonly (readonly [family: string, change: Record<string, unknown>])[] = [
  [
    "qwen2",
    {
      rope_parameters: { rope_type: "yarn", rope_theta: 10_000, factor: 4, original_max_position_embeddings: 64 },
      max_position_embeddings: 64,
    },
  ],
  [
    "phi3",
    {
      rope_parameters: undefined,
      rope_theta: 10_000,
      rope_scaling: { type: "longrope", short_factor: factors.slice(0, 6), long_factor: factors.slice(0, 6) },
      partial_rotary_factor: 0.75,
      max_position_embeddings: 256,
      original_max_position_embeddings: 64,
    },
  ],
];

const onnx = (): Backend => createOnnxBackend({ threads: 1, weights: "float32" });

async function logitsOf(backend: Backend, weights: ModelWeights, tokens: readonly number[]): Promise<number[]> {
  const model = await backend.load(weights);
  const sequence = await model.createSequence();
  const rows = tokens.map((token, index) => ({ token, parent: index - 1, read: { logits: true } }));
  const [result] = await model.pass([{ sequence, rows }]);
  const logits = (result?.rows ?? []).flatMap((row) => [...(row.logits as Float32Array)]);
  await model.dispose();
  return logits;
}

describe.skipIf(!there).each(models)(
  `%s with scaled RoPE${there ? "" : ` (skipped: ${folder} is not there)`}`,
  (family, change) => {
    let weights: ModelWeights;
    let plain: ModelWeights;
    beforeAll(async () => {
      const config = JSON.parse(readFileSync(`${folder}/${family}/config.json`, "utf8"));
      const tensors = readFileSync(`${folder}/${family}/model.safetensors`);
      const load = async (json: object) => {
        const files = [
          ["config.json", new TextEncoder().encode(JSON.stringify(json))],
          ["model.safetensors", tensors],
        ] as const;
        return (await loadModel(new Map(files))).weights;
      };
      weights = await load({ ...config, ...change });
      plain = await load(config);
    });

    it("has the reference's logits, which are not those of plain RoPE", async () => {
      const tokens = Array.from({ length: 40 }, (_, index) => (7 * index) % 160);
      const expected = await logitsOf(createReferenceBackend(), weights, tokens);
      const found = await logitsOf(onnx(), weights, tokens);
      const unscaled = await logitsOf(createReferenceBackend(), plain, tokens);
      const furthest = (from: readonly number[]): number =>
        from.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected[at] as number))), 0);
      expect(found).toHaveLength(40 * 160);
      expect(furthest(found)).toBeLessThan(2e-4);
      expect(furthest(unscaled)).toBeGreaterThan(0.01);
    });

    it.each([0, 1, 2])("runs streams on ONNX as on the reference (case %i)", async (index) => {
      await modelCases(weights, { runs: 3 })[index]?.run(onnx());
    });
  },
);
