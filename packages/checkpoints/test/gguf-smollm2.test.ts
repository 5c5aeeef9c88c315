import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GgufFile, ggufConfig, openGguf, openModelFiles, readModelConfig, requantizeGguf } from "../src/index.js";
import { sharedPath } from "./support/shared.js";

const path = sharedPath("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
const reason = existsSync(path) ? "" : ` (skipped: ${path} is not there)`;

describe.skipIf(reason !== "")(`SmolLM2-135M-Instruct as a GGUF file${reason}`, () => {
  let file: GgufFile;
  let folder: string;
  beforeAll(async () => {
    file = await openGguf(path);
    folder = await mkdtemp(join(tmpdir(), "anabranch-"));
  });
  afterAll(async () => {
    await file?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("has the shape that its makers give", async () => {
    const { spec, bosTokenId, eosTokenIds } = readModelConfig(await ggufConfig(file));
    expect(spec).toEqual({
      family: "llama",
      vocabularySize: 49_152,
      hiddenSize: 576,
      layers: 30,
      heads: 9,
      kvHeads: 3,
      headSize: 64,
      mlpSize: 1536,
      normEpsilon: 1e-5,
      rope: { theta: 100_000 },
      maxPositions: 8192,
      tiedHead: true,
    });
    expect([bosTokenId, eosTokenIds]).toEqual([1, [2]]);
    expect(file.metadata.get("tokenizer.ggml.tokens")).toHaveLength(49_152);
    expect(file.tensors.size).toBe(272);
    expect(file.tensors.get("blk.29.ffn_down.weight")).toMatchObject({ type: "Q4_1", shape: [576, 1536] });
  });

  it("decodes the blocks that stand in it", async () => {
    const view = new DataView((await file.readBytes("blk.0.attn_v.weight")).buffer);
    const { data } = await file.readFloats("blk.0.attn_v.weight");
    const half = (bits: number) =>
      (bits & 0x8000 ? -1 : 1) * (1 + (bits & 1023) / 1024) * 2 ** (((bits >> 10) & 31) - 15);
    for (const block of [0, 17, (192 * 576) / 32 - 1]) {
      const scale = half(view.getUint16(20 * block, true));
      const minimum = half(view.getUint16(20 * block + 2, true));
      const low = view.getUint8(20 * block + 4 + 5) & 15;
      const high = view.getUint8(20 * block + 4 + 5) >> 4;
      expect(data[32 * block + 5]).toBe(Math.fround(scale * low + minimum));
      expect(data[32 * block + 21]).toBe(Math.fround(scale * high + minimum));
    }
  });

  it("gives query rows in Hugging Face's order: first halves of pairs, then second halves", async () => {
    const { tensors, close } = await openModelFiles(path);
    const stored = await file.readWeight("blk.0.attn_q.weight");
    const ordered = await tensors.read("model.layers.0.self_attn.q_proj.weight");
    await close();
    const width = stored.data.length / 576;
    const row = (data: ArrayLike<number>, index: number) =>
      Array.from({ length: width }, (_, i) => data[index * width + i]);
    for (const [to, from] of [
      [0, 0],
      [1, 2],
      [31, 62],
      [32, 1],
      [63, 63],
      [64 + 33, 64 + 3],
      [575, 575],
    ] as const) {
      expect(row(ordered.data, to)).toEqual(row(stored.data, from));
    }
  });

  it("is written again in Q8_0 within the format's error, words and all", async () => {
    const copy = join(folder, "smollm2.Q8_0.gguf");
    await requantizeGguf(file, copy, "Q8_0");
    const written = await openGguf(copy);
    try {
      expect(new Set([...written.tensors.values()].map(({ type }) => type))).toEqual(new Set(["Q8_0", "F32"]));
      expect(written.metadata.get("general.file_type")).toBe(7);
      expect(written.metadata.get("tokenizer.chat_template")).toBe(file.metadata.get("tokenizer.chat_template"));
      expect([...written.tensors.keys()]).toEqual([...file.tensors.keys()]);
      const embedding = "token_embd.weight";
      expect(Buffer.compare(await written.readBytes(embedding), await file.readBytes(embedding))).toBe(0);
      const { data: before } = await file.readFloats("blk.3.ffn_up.weight");
      const { data: after } = await written.readFloats("blk.3.ffn_up.weight");
      const largest = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const furthest = before.reduce((most, value, i) => Math.max(most, Math.abs(value - (after[i] as number))), 0);
      expect(furthest).toBeLessThan((largest / 127) * 0.6);
      expect(furthest).toBeGreaterThan(0);
    } finally {
      await written.close();
    }
  }, 180_000);
});
