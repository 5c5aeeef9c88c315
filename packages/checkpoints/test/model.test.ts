import { AnabranchError, type ModelWeights, parameterNames, type WeightTensor } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, loadModel, quantizeInt8, saveModel, writeModelConfig } from "../src/index.js";
import { bits, modelsOf } from "./support/arbitrary-model.js";
import { damage, damages } from "./support/damage.js";
import { rejection } from "./support/rejection.js";

type Files = Map<string, Uint8Array | Blob>;

/** Same names, formats, shapes and bits. */
function expectSameWeights(found: ModelWeights, wanted: ModelWeights): void {
  expect(found.spec).toEqual(wanted.spec);
  expect([...found.tensors.keys()]).toEqual([...wanted.tensors.keys()]);
  for (const [name, tensor] of wanted.tensors) {
    const other = found.tensors.get(name) as WeightTensor;
    expect({ ...other, data: null, scales: null }).toEqual({ ...tensor, data: null, scales: null });
    expect(bits(other.data).equals(bits(tensor.data)), name).toBe(true);
    if (tensor.format !== "f32" && other.format === tensor.format) {
      expect(bits(other.scales).equals(bits(tensor.scales)), name).toBe(true);
    }
  }
}

/** A folder as Hugging Face writes it: float32, no checksums of ours in config.json nor in the tensors' file. */
async function foreignFolder(
  weights: ModelWeights,
  extra: Record<string, { shape: readonly number[]; data: Float32Array | Int8Array }> = {},
): Promise<Files> {
  const entries: Record<string, object> = { __metadata__: { format: "pt" } };
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, data }] of Object.entries({ ...Object.fromEntries(weights.tensors), ...extra })) {
    const dtype = data instanceof Int8Array ? "I8" : "F32";
    entries[name] = { dtype, shape, data_offsets: [at, at + data.byteLength] };
    parts.push(bits(data));
    at += data.byteLength;
  }
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return new Map([
    ["config.json", Buffer.from(JSON.stringify(writeModelConfig(weights.spec)))],
    ["model.safetensors", Buffer.concat([length, header, ...parts])],
  ]);
}

const [sample] = fc.sample(modelsOf("finite"), { numRuns: 1, seed: 3 }) as [ModelWeights];

describe("models", () => {
  it("in float32 load bit for bit as they were saved", async () => {
    await fc.assert(
      fc.asyncProperty(modelsOf("any bits"), async (weights) => {
        const files: Files = new Map();
        await saveModel(files, weights, { format: "f32", config: { eosTokenIds: [2, 5], bosTokenId: 1 } });
        const { weights: found, config, warnings } = await loadModel(files);
        expectSameWeights(found, weights);
        expect(config).toEqual({ spec: weights.spec, eosTokenIds: [2, 5], bosTokenId: 1 });
        expect(warnings).toEqual([]);
      }),
    );
  });

  it("in int8 load as quantizeInt8 makes them, keep their fingerprint, and save again as the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(modelsOf("finite"), fc.integer({ min: 1, max: 64 }), async (weights, blockSize) => {
        const files: Files = new Map();
        await saveModel(files, weights, { format: "int8", blockSize });
        const { weights: found } = await loadModel(files);
        const wanted = [...weights.tensors].map(([name, tensor]): [string, WeightTensor] => [
          name,
          tensor.format === "f32" && tensor.shape.length === 2 ? quantizeInt8(tensor, blockSize) : tensor,
        ]);
        expectSameWeights(found, { spec: weights.spec, tensors: new Map(wanted) });
        expect(await fingerprint(found)).toBe(await fingerprint(weights));
        const again: Files = new Map();
        await saveModel(again, found, { format: "int8", blockSize });
        for (const [name, bytes] of files) {
          expect(Buffer.compare(again.get(name) as Uint8Array, bytes as Uint8Array), name).toBe(0);
        }
      }),
    );
  });

  it("of Hugging Face load, with a word about tensors that nobody asked for", async () => {
    const one = { shape: [1], data: Float32Array.of(1) };
    const inverse = "model.layers.0.self_attn.rotary_emb.inv_freq";
    const { weights, warnings } = await loadModel(await foreignFolder(sample, { [inverse]: one, "model.odd": one }));
    expectSameWeights(weights, sample);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"model.odd"');
  });

  it("whose tensors and configuration disagree are refused, the tensor named", async () => {
    const norm = parameterNames.attentionNorm(0);
    const files = await foreignFolder(sample);
    const grown = { ...sample.spec, hiddenSize: sample.spec.hiddenSize + 1 };
    files.set("config.json", Buffer.from(JSON.stringify(writeModelConfig(grown))));
    await expect(loadModel(files)).rejects.toMatchObject({ code: "SHAPE_MISMATCH", subject: parameterNames.embedding });

    const without = new Map([...sample.tensors].filter(([name]) => name !== norm));
    await expect(loadModel(await foreignFolder({ ...sample, tensors: without }))).rejects.toMatchObject({
      code: "MISSING_TENSOR",
      subject: norm,
    });
    await expect(saveModel(new Map(), { ...sample, tensors: without }, { format: "f32" })).rejects.toMatchObject({
      code: "MISSING_TENSOR",
      subject: norm,
    });
  });

  it("with 8-bit tensors of unknown scales are refused", async () => {
    const shape = [sample.spec.vocabularySize, sample.spec.hiddenSize] as const;
    const embedding = { shape, data: new Int8Array(shape[0] * shape[1]) };
    await expect(
      loadModel(await foreignFolder(sample, { [parameterNames.embedding]: embedding })),
    ).rejects.toMatchObject({ code: "UNSUPPORTED", subject: parameterNames.embedding });
  });

  it("of which one file was replaced by another tool's are refused", async () => {
    const ours: Files = new Map();
    await saveModel(ours, sample, { format: "f32" });
    for (const [name, bytes] of await foreignFolder(sample)) {
      await expect(loadModel(new Map(ours).set(name, bytes))).rejects.toMatchObject({ code: "INVALID_FILE" });
    }
  });

  it("end texts with what generation_config.json names too", async () => {
    const files = await foreignFolder(sample);
    files.set("config.json", Buffer.from(JSON.stringify(writeModelConfig(sample.spec, { eosTokenIds: [1] }))));
    files.set("generation_config.json", Buffer.from(JSON.stringify({ eos_token_id: [1, 2], temperature: 1 })));
    expect((await loadModel(files)).config.eosTokenIds).toEqual([1, 2]);
    files.set("generation_config.json", Buffer.from(JSON.stringify({ eos_token_id: "</s>" })));
    await expect(loadModel(files)).rejects.toMatchObject({ code: "INVALID_FILE", subject: "eos_token_id" });
  });

  it("stop loading when the caller aborts", async () => {
    await expect(loadModel(await foreignFolder(sample), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it("say which file is missing", async () => {
    await expect(loadModel(new Map())).rejects.toMatchObject({ code: "IO", subject: "config.json" });
  });

  it.each(["f32", "int8"] as const)(
    "of ours (%s) show any damage to any file as a typed error (500 cases)",
    async (format) => {
      const whole: Files = new Map();
      await saveModel(whole, sample, { format });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom("config.json", "model.safetensors"), damages, async (name, how) => {
          const damaged = damage(whole.get(name) as Uint8Array, how);
          if (damaged === undefined) return;
          const error = await rejection(loadModel(new Map(whole).set(name, damaged)));
          expect(AnabranchError.isInstance(error), String(error)).toBe(true);
        }),
        { numRuns: 500 },
      );
    },
  );

  it("of others load or give a typed error, whatever is damaged (500 cases)", async () => {
    const whole = await foreignFolder(sample);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("config.json", "model.safetensors"), damages, async (name, how) => {
        const damaged = damage(whole.get(name) as Uint8Array, how);
        if (damaged === undefined) return;
        const error = await rejection(loadModel(new Map(whole).set(name, damaged)));
        expect(error === undefined || AnabranchError.isInstance(error), String(error)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
