import { mkdtemp, readdir, rm, truncate, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toFloat32, type WeightTensor } from "@anabranch/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { convertWeight, type LoadedModel, loadModel, saveModel, type WeightFormat } from "../src/index.js";
import { cacheFolder, loadConverted } from "../src/node.js";
import { bits, modelsOf } from "./support/arbitrary-model.js";

let home = "";
let place = "";
let cache = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "anabranch-converted-"));
  [place, cache] = [join(home, "model"), join(home, "cache")];
  const [weights] = fc.sample(modelsOf("finite"), { numRuns: 1, seed: 5 });
  if (weights !== undefined) await saveModel(place, weights, { format: "f32" });
});
afterEach(() => rm(home, { recursive: true }));

const copies = (): Promise<string[]> => readdir(join(cache, "converted"));

function expectConverted({ weights }: LoadedModel, stored: LoadedModel, format: WeightFormat, blockSize: number): void {
  for (const [name, tensor] of stored.weights.tensors) {
    const wanted = convertWeight(name, tensor, format, blockSize);
    const found = weights.tensors.get(name) as WeightTensor;
    expect(found.format).toBe(wanted.format);
    expect(bits(found.data).equals(bits(wanted.data)), name).toBe(true);
    expect(bits(toFloat32(found)).equals(bits(toFloat32(wanted))), name).toBe(true);
  }
}

describe("a converted copy", () => {
  it.each([
    ["float32", 32],
    ["int8", 32],
    ["int8", 64],
    ["int4", 32],
    ["int4", 128],
    ["quantized", 32],
  ] as const)(
    "holds what converting in memory gives, on the first load and on the second: %s, %i",
    async (weights, blockSize) => {
      const stored = await loadModel(place);
      for (const _ of ["first", "second"]) {
        const loaded = await loadConverted(place, { weights, blockSize, cache });
        expect(loaded.config).toEqual(stored.config);
        expectConverted(loaded, stored, weights, blockSize);
      }
      expect(await copies()).toHaveLength(1);
    },
  );

  it("of a quantized model leaves blocks as they are, and rounds what is float", async () => {
    const stored = await loadModel(place);
    for (const [name, tensor] of stored.weights.tensors) {
      const rounded = convertWeight(name, tensor, "quantized");
      expect(rounded).toEqual(convertWeight(name, tensor, "int8"));
      const coarse = convertWeight(name, tensor, "int4", 64);
      if (coarse.format !== "f32") expect(convertWeight(name, coarse, "quantized")).toBe(coarse);
    }
  });

  it("is made again when its file is cut short, or the model's changes", async () => {
    const options = { weights: "int8", cache } as const;
    const stored = await loadModel(place);
    await loadConverted(place, options);
    const [key] = await copies();
    await truncate(join(cache, "converted", key as string, "weights.bin"), 10);
    expectConverted(await loadConverted(place, options), stored, "int8", 32);
    await utimes(join(place, "model.safetensors"), 1, 1);
    await loadConverted(place, options);
    expect(await copies()).toHaveLength(2);
  });

  it("leaves no part of it behind when loading is aborted", async () => {
    const signal = AbortSignal.abort();
    const loading = loadConverted(place, { weights: "int8", cache, signal });
    await expect(loading).rejects.toThrow(expect.objectContaining({ code: "ABORTED" }));
    const [key] = await copies();
    expect(await readdir(join(cache, "converted", key as string))).toEqual([]);
  });
});

describe("the cache's folder", () => {
  it.each([
    [{ ANABRANCH_CACHE: "/a", XDG_CACHE_HOME: "/x" }, "/a"],
    [{ XDG_CACHE_HOME: "/x" }, join("/x", "anabranch")],
  ])("is what the environment says: %o", (environment, folder) => {
    expect(cacheFolder(environment)).toBe(folder);
  });
});
