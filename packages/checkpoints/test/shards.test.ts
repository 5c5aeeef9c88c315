import { AnabranchError } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { loadModel, openShards } from "../src/index.js";
import { bits } from "./support/arbitrary-model.js";
import { foreignSafetensors } from "./support/foreign-safetensors.js";
import { rejection } from "./support/rejection.js";
import { tinyLlama } from "./support/tiny-llama.js";

type Files = Map<string, Uint8Array>;

const index = (map: Record<string, string>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 0 }, weight_map: map }));

/** A model of others in two shards, the embedding in the first. */
function shardedFolder(): Files {
  const { config, tensors } = tinyLlama();
  const first = new Map([...tensors].slice(0, 1));
  const second = new Map([...tensors].slice(1));
  const map: Record<string, string> = {};
  for (const name of tensors.keys()) map[name] = first.has(name) ? "a-00001.safetensors" : "a-00002.safetensors";
  return new Map([
    ["config.json", new TextEncoder().encode(JSON.stringify(config))],
    ["model.safetensors.index.json", index(map)],
    ["a-00001.safetensors", foreignSafetensors(first)],
    ["a-00002.safetensors", foreignSafetensors(second)],
  ]);
}

const named = async (files: Files): Promise<{ code: string; message: string }> => {
  const error = await rejection(loadModel(files));
  expect(AnabranchError.isInstance(error), String(error)).toBe(true);
  const { code, message } = error as AnabranchError;
  return { code, message };
};

describe("a checkpoint in several files", () => {
  it("loads as the same checkpoint in one", async () => {
    const { config, tensors } = tinyLlama();
    const files = shardedFolder();
    const sharded = await loadModel(files);
    const whole = await loadModel(
      new Map([
        ["config.json", new TextEncoder().encode(JSON.stringify(config))],
        ["model.safetensors", foreignSafetensors(tensors)],
      ]),
    );
    expect(sharded.config).toEqual(whole.config);
    expect(sharded.warnings).toEqual([]);
    expect([...sharded.weights.tensors.keys()]).toEqual([...whole.weights.tensors.keys()]);
    for (const [name, tensor] of whole.weights.tensors) {
      expect(
        bits(sharded.weights.tensors.get(name)?.data as Float32Array).equals(bits(tensor.data as Float32Array)),
      ).toBe(true);
    }
  });

  it("names the shard that is not there", async () => {
    const files = shardedFolder();
    files.delete("a-00002.safetensors");
    expect(await named(files)).toMatchObject({ code: "IO", message: expect.stringContaining("a-00002.safetensors") });
  });

  it("names the tensor that is not in its shard", async () => {
    const files = shardedFolder();
    const embedding = "model.embed_tokens.weight";
    files.set("model.safetensors.index.json", index({ [embedding]: "a-00002.safetensors" }));
    expect(await named(files)).toMatchObject({ code: "INVALID_FILE", message: expect.stringContaining(embedding) });
  });

  it.each([
    "../a-00001.safetensors",
    "/etc/a.safetensors",
    "sub/a.safetensors",
    "..\\a.safetensors",
    "C:a.safetensors",
    "",
  ])("refuses the place %j, which is no file of the folder", async (place) => {
    const files = shardedFolder();
    files.set("model.safetensors.index.json", index({ "model.norm.weight": place }));
    files.set(place, files.get("a-00001.safetensors") as Uint8Array);
    expect(await named(files)).toMatchObject({
      code: "INVALID_FILE",
      message: expect.stringContaining("model.norm.weight"),
    });
  });

  it("refuses 8-bit floats by the tensor's name, when they are read", async () => {
    const bytes = foreignSafetensors(new Map([["w", { shape: [2], data: new Int8Array(2) }]]), "F8_E4M3");
    const shards = await openShards(
      new Map([
        ["model.safetensors.index.json", index({ w: "a.safetensors" })],
        ["a.safetensors", bytes],
      ]),
    );
    const error = await rejection(shards.read("w"));
    expect(AnabranchError.isInstance(error, "UNSUPPORTED")).toBe(true);
    expect((error as Error).message).toMatch(/"w" is F8_E4M3/);
  });
});
