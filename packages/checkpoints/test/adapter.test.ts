import { type Adapter, AnabranchError, adapterParameterShapes, type Float32Tensor, toFloat32 } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, loadAdapter, openSafetensors, quantizeInt8, saveAdapter } from "../src/index.js";
import { adaptersOf, bits, modelsOf } from "./support/arbitrary-model.js";
import { damage, damages } from "./support/damage.js";
import { rejection } from "./support/rejection.js";

type Files = Map<string, Uint8Array | Blob>;
const CONFIG = "adapter_config.json";
const TENSORS = "adapter_model.safetensors";

function expectSameAdapter(found: Adapter, wanted: Adapter): void {
  expect({ ...found, tensors: null }).toEqual({ ...wanted, tensors: null });
  expect([...found.tensors.keys()].sort()).toEqual([...wanted.tensors.keys()].sort());
  for (const [name, { shape, data }] of wanted.tensors) {
    const other = found.tensors.get(name) as Float32Tensor;
    expect(other.shape, name).toEqual(shape);
    expect(bits(other.data).equals(bits(data)), name).toBe(true);
  }
}

const settings = fc.record(
  {
    baseModel: fc.string(),
    calibration: fc.jsonValue(),
    opening: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const [sample] = fc.sample(
  adaptersOf("finite").filter(
    ({ adapter: { streams } }) => (streams.lora?.modules.length ?? 0) > 1 && streams.valueRotation === undefined,
  ),
  { numRuns: 1, seed: 5 },
) as [{ adapter: Adapter; weights: Parameters<typeof fingerprint>[0] }];

function zeroTensor(shape: readonly number[]): Float32Tensor {
  return { format: "f32", shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}

async function changedConfig(change: (json: Record<string, Record<string, unknown>>) => void): Promise<Files> {
  const files: Files = new Map();
  await saveAdapter(files, sample.adapter, { format: "f32" });
  const json = JSON.parse(Buffer.from(files.get(CONFIG) as Uint8Array).toString());
  change(json);
  return files.set(CONFIG, Buffer.from(JSON.stringify(json)));
}

describe("adapters", () => {
  it("load bit for bit as they were saved, with their settings, on their base", async () => {
    await fc.assert(
      fc.asyncProperty(adaptersOf("any bits"), settings, async ({ adapter, weights }, given) => {
        const own = { ...adapter, baseFingerprint: await fingerprint(weights) };
        const files: Files = new Map();
        await saveAdapter(files, own, { format: "f32", ...given });
        const { adapter: found, ...rest } = await loadAdapter(files, { base: weights });
        expectSameAdapter(found, own);
        expect(rest).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  it("in int8 load as the widened 8-bit values", async () => {
    await fc.assert(
      fc.asyncProperty(adaptersOf("finite"), async ({ adapter, weights }) => {
        const files: Files = new Map();
        await saveAdapter(files, adapter, { format: "int8" });
        const { adapter: found } = await loadAdapter(files, { base: weights });
        const wanted = [...adapter.tensors].map(([name, tensor]): [string, Float32Tensor] => [
          name,
          { ...tensor, data: toFloat32(quantizeInt8(tensor)) },
        ]);
        expectSameAdapter(found, { ...adapter, tensors: new Map(wanted) });
      }),
    );
  });

  it("carry PEFT's names for LoRA and a peft_type that no other loader takes", async () => {
    const files: Files = new Map();
    await saveAdapter(files, sample.adapter, { format: "f32" });
    const file = await openSafetensors(files.get(TENSORS) as Uint8Array);
    const { lora } = sample.adapter.streams;
    const module = lora?.modules.find((name) => name.endsWith("_proj") && "qkvo".includes(name[0] as string));
    const block = module === undefined ? "mlp" : "self_attn";
    const name = `base_model.model.model.layers.${lora?.layers[0]}.${block}.${module ?? lora?.modules[0]}.lora_A.weight`;
    expect([...file.tensors.keys()]).toContain(name);
    expect([...file.tensors.keys()]).toContain("anabranch.streams.embedding");
    const json = JSON.parse(Buffer.from(files.get(CONFIG) as Uint8Array).toString());
    expect(json).toMatchObject({ peft_type: "SPECULATIVE_STREAMS", r: lora?.rank, target_modules: lora?.modules });
  });

  it("are refused by another base model, given whole or as its fingerprint", async () => {
    const files: Files = new Map();
    const own = { ...sample.adapter, baseFingerprint: await fingerprint(sample.weights) };
    await saveAdapter(files, own, { format: "f32", baseModel: "tiny/river" });
    const [other] = fc.sample(modelsOf("finite"), { numRuns: 1, seed: 8 });
    await expect(loadAdapter(files, { base: own.baseFingerprint })).resolves.toBeDefined();
    for (const base of [other as typeof sample.weights, "0".repeat(64)]) {
      await expect(loadAdapter(files, { base })).rejects.toMatchObject({
        code: "WRONG_BASE_MODEL",
        message: expect.stringContaining("tiny/river"),
      });
    }
  });

  it("without a fingerprint are held against the base's shapes", async () => {
    const files: Files = new Map();
    await saveAdapter(files, sample.adapter, { format: "f32" });
    const { spec, tensors } = sample.weights;
    const wider = { tensors, spec: { ...spec, hiddenSize: spec.hiddenSize + 1 } };
    await expect(loadAdapter(files, { base: wider })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    const lower = { tensors, spec: { ...spec, layers: 0 } };
    await expect(loadAdapter(files, { base: lower })).rejects.toMatchObject({ code: "INVALID_FILE" });
  });

  it("of another kind or a newer version are refused, the field named", async () => {
    const lora = await changedConfig((json) => Object.assign(json, { peft_type: "LORA" }));
    await expect(loadAdapter(lora)).rejects.toMatchObject({ code: "UNSUPPORTED", subject: "peft_type" });
    const newer = await changedConfig((json) => Object.assign(json.anabranch ?? {}, { format_version: 2 }));
    await expect(loadAdapter(newer)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      subject: "anabranch.format_version",
    });
  });

  it("that were edited, or whose tensors are another adapter's, are found out", async () => {
    const edited = await changedConfig((json) => Object.assign(json.anabranch ?? {}, { gamma: 7 }));
    await expect(loadAdapter(edited)).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    const files: Files = new Map();
    await saveAdapter(files, sample.adapter, { format: "f32" });
    const other: Files = new Map();
    const tensors = new Map(
      [...sample.adapter.tensors].map(([name, t]) => [name, { ...t, data: t.data.map((x) => x + 1) }]),
    );
    await saveAdapter(other, { ...sample.adapter, tensors }, { format: "f32" });
    files.set(TENSORS, other.get(TENSORS) as Uint8Array);
    await expect(loadAdapter(files)).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
  });

  it("that could not be loaded again are not written", async () => {
    const { adapter } = sample;
    const save = (changed: Adapter, options = {}) => saveAdapter(new Map(), changed, { format: "f32", ...options });
    const [name, tensor] = [...adapter.tensors][0] as [string, Float32Tensor];
    const extra = new Map([...adapter.tensors, ["markov.a", tensor]]);
    await expect(save({ ...adapter, tensors: extra })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject: "markov.a",
    });
    await expect(save({ ...adapter, tensors: new Map() })).rejects.toMatchObject({
      code: "MISSING_TENSOR",
      subject: name,
    });
    const streams = { ...adapter.streams, gamma: adapter.streams.gamma + 1 };
    await expect(save({ ...adapter, streams })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    await expect(save({ ...adapter, baseFingerprint: "short" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(save(adapter, { opening: { p: Number.NaN } })).rejects.toMatchObject({ subject: "opening.p" });
    for (const wrong of [{ pruning: { rank: 1, threshold: 2 } }, { valueRotation: Number.NaN }]) {
      const other = { ...adapter, streams: { ...adapter.streams, ...wrong } };
      const shapes = [...adapterParameterShapes(sample.weights.spec, other.streams)];
      const zeros = shapes.map(([key, shape]) => [key, zeroTensor(shape)] as const);
      await expect(save({ ...other, tensors: new Map(zeros) })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    const reserved = { calibration: { config_sha256: "0".repeat(64) } };
    await expect(save(adapter, reserved)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "config_sha256" });
  });

  it.each(["f32", "int8"] as const)("(%s) show any damage to any file as a typed error (500 cases)", async (format) => {
    const whole: Files = new Map();
    await saveAdapter(whole, sample.adapter, { format, opening: { table: [1, 2, 3] }, calibration: "none" });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(CONFIG, TENSORS), damages, async (name, how) => {
        const damaged = damage(whole.get(name) as Uint8Array, how);
        if (damaged === undefined) return;
        const error = await rejection(loadAdapter(new Map(whole).set(name, damaged)));
        expect(AnabranchError.isInstance(error), String(error)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
