import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "@anabranch/checkpoints";
import { type Backend, referenceRuntime } from "@anabranch/core";
import { createGraphBackend } from "@anabranch/graph-backend";
import { describe, expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";
import { sharedFolder } from "./backend-oracle.js";

const folder = join(sharedFolder, "models/stories260K-hf");
const isThere = existsSync(folder);
const where = isThere ? "" : " (skipped: shared/models/stories260K-hf is not here; set ANABRANCH_SHARED)";

/** A gap between best and second logit under which float32 may fall either way. */
const NEAR_TIE = 1e-3;

interface Reference {
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  readonly greedy_gap: readonly number[];
}

const backends: readonly (readonly [name: string, tokens: number, create: () => Backend])[] = [
  ["reference", 6, () => createGraphBackend({ name: "reference", runtime: referenceRuntime, weightFormats: ["f32"] })],
  ["onnx", 1000, () => createOnnxBackend({ threads: 1 })],
];

describe.skipIf(!isThere).each(backends)(`stories260K on %s${where}`, (_, most, create) => {
  it("answers with its reference's greedy tokens", async () => {
    const references: Reference[] = JSON.parse(readFileSync(join(folder, "reference.json"), "utf8"));
    const model = await create().load((await loadModel(folder)).weights);
    for (const { ids, greedy, greedy_gap } of references) {
      const sequence = await model.createSequence();
      let next = ids;
      for (const [index, expected] of greedy.slice(0, most).entries()) {
        const rows = next.map((token, row) => ({ token, parent: row - 1, read: { argmax: row === next.length - 1 } }));
        const [result] = await model.pass([{ sequence, rows }]);
        await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
        if ((greedy_gap[index] as number) > NEAR_TIE) expect(result?.rows.at(-1)?.argmax).toBe(expected);
        next = [expected];
      }
      await sequence.dispose();
    }
    await model.dispose();
  });
});
