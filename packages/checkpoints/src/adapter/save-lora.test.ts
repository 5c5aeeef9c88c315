import { adapterParameterShapes, type Float32Tensor, parameterNames, seededRandom } from "@anabranch/core";
import { expect, it } from "vitest";
import { isLora, loadLora, saveLora } from "./index.js";

const model = {
  family: "llama",
  vocabularySize: 11,
  hiddenSize: 8,
  layers: 3,
  heads: 2,
  kvHeads: 1,
  headSize: 4,
  mlpSize: 12,
  normEpsilon: 1e-5,
  rope: { theta: 10_000 },
  maxPositions: 16,
  tiedHead: true,
} as const;
const spec = { rank: 2, alpha: 6, modules: ["q_proj", "down_proj"], layers: [0, 2] } as const;

function tensorsOf(): Map<string, Float32Tensor> {
  const random = seededRandom(3);
  const shapes = adapterParameterShapes(model, { mode: "shared", gamma: 1, msaLayers: 1, lora: spec });
  return new Map(
    [...shapes].map(([name, shape]) => {
      const data = Float32Array.from(
        { length: shape.reduce((size, length) => size * length, 1) },
        () => random() - 0.5,
      );
      return [name, { format: "f32", shape, data }];
    }),
  );
}

it("saveLora writes what loadLora reads, bit for bit, and nothing of the streams", async () => {
  const tensors = tensorsOf();
  const folder = new Map<string, Uint8Array | Blob>();
  await saveLora(folder, { spec, tensors, baseModel: "base" });
  expect(await isLora(folder)).toBe(true);
  const { scale, pairs } = await loadLora(folder, model);
  expect(scale).toBe(3);
  expect([...pairs.keys()].sort()).toEqual(
    spec.layers.flatMap((layer) => spec.modules.map((module) => parameterNames.linear(layer, module))).sort(),
  );
  for (const layer of spec.layers) {
    for (const module of spec.modules) {
      const { down, up } = pairs.get(parameterNames.linear(layer, module)) ?? {};
      expect(down).toEqual(tensors.get(parameterNames.loraDown(layer, module)));
      expect(up).toEqual(tensors.get(parameterNames.loraUp(layer, module)));
    }
  }
});

it("a LoRA in int8 comes back within half a step of its scales, whatever lies beside it", async () => {
  const tensors = tensorsOf();
  const folder = new Map<string, Uint8Array | Blob>();
  await saveLora(folder, { spec, tensors, format: "int8" });
  const { pairs } = await loadLora(folder, model);
  expect(pairs.size).toBe(spec.layers.length * spec.modules.length);
  for (const layer of spec.layers) {
    for (const module of spec.modules) {
      const { down, up } = pairs.get(parameterNames.linear(layer, module)) ?? {};
      const written = [parameterNames.loraDown(layer, module), parameterNames.loraUp(layer, module)];
      for (const [index, part] of [down, up].entries()) {
        const { data = [] } = tensors.get(written[index] as string) ?? {};
        expect(part?.data).toHaveLength(data.length);
        const step = 0.5 / 127; // No weight lies beyond 0.5.
        part?.data.forEach((value, at) => void expect(Math.abs(value - (data[at] as number))).toBeLessThan(step));
      }
    }
  }
});

it("saveLora names a tensor that is missing, and writes nothing", async () => {
  const folder = new Map<string, Uint8Array | Blob>();
  const name = parameterNames.loraUp(2, "q_proj");
  const tensors = new Map([...tensorsOf()].filter(([each]) => each !== name));
  await expect(saveLora(folder, { spec, tensors })).rejects.toMatchObject({ code: "MISSING_TENSOR", subject: name });
  expect(folder.size).toBe(0);
});
