import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, saveModel } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { ModelWeights, PassResult } from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOnnxBackend } from "../src/index.js";
import { randomWeights, smallSpec } from "./lowering/small-model.js";

const tokens = [3, 1, 4, 1, 5];
let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "anabranch-stored-"));
  await saveModel(
    join(home, "model"),
    { spec: smallSpec, tensors: randomWeights(smallSpec, undefined, 3) },
    { format: "f32" },
  );
});
afterAll(() => rm(home, { recursive: true }));

async function logitsOf(weights: ModelWeights, handling: { readonly weights?: "int8" | "int4" } = {}) {
  const model = await createOnnxBackend({ threads: 1, ...handling }).load(weights);
  try {
    const sequence = await model.createSequence();
    const rows = tokens.map((token, row) => ({ token, parent: row - 1, read: { logits: true } }));
    const [result] = (await model.pass([{ sequence, rows }])) as [PassResult];
    return result.rows.map((row) => Array.from(row.logits as Float32Array));
  } finally {
    await model.dispose();
  }
}

describe("weights in a file that ONNX Runtime maps", () => {
  test.each(["float32", "int8", "int4"] as const)("give the bits that weights in memory give, %s", async (weights) => {
    const place = join(home, "model");
    const { weights: stored } = await loadConverted(place, { weights, cache: join(home, "cache") });
    const { weights: inMemory } = await loadModel(place);
    const handling = weights === "float32" ? {} : { weights };
    expect(await logitsOf(stored)).toEqual(await logitsOf(inMemory, handling));
  });
});
