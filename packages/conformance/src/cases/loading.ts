import { type Adapter, type ModelWeights, parameterNames, type WeightTensor } from "@anabranch/core";
import type { ConformanceCase } from "../conformance-case.js";
import { expectRefused } from "../conformance-failure.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { plainAdapter } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { plainModel } from "../random/model-plan.js";
import { quantised, randomWeights } from "../random/model-weights.js";
import type { ConformanceSettings } from "../settings.js";

const { spec } = plainModel;

export function loading(_: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "weights that do not fit the model are refused at load",
      run: async (backend) => {
        const { weightFormats } = await capabilitiesOf(backend);
        const weights = randomWeights(plainModel);
        for (const name of [parameterNames.finalNorm, parameterNames.linear(1, "v_proj"), parameterNames.head]) {
          const without = new Map(weights.tensors);
          without.delete(name);
          await expectRefused("MISSING_TENSOR", `a model without ${name}`, () =>
            backend.load({ spec, tensors: without }),
          );
          await expectRefused("SHAPE_MISMATCH", `a model with a wrong ${name}`, () =>
            backend.load(withTensor(weights, name, { format: "f32", shape: [3, 5], data: new Float32Array(15) })),
          );
        }
        const unknown = { format: "of another world", shape: [spec.hiddenSize] } as unknown as WeightTensor;
        await expectRefused("UNSUPPORTED", "a weight format of another world", () =>
          backend.load(withTensor(weights, parameterNames.finalNorm, unknown)),
        );
        if (!weightFormats.includes("int8-block")) {
          await expectRefused("UNSUPPORTED", "int8-block weights", () => backend.load(quantised(weights, 32)));
        }
        return undefined;
      },
    },
    {
      name: "adapters that do not fit the model are refused at attach",
      run: async (backend) => {
        const { streamModes } = await capabilitiesOf(backend);
        if (streamModes.length === 0) return "no streamModes are declared";
        const model = await backend.load(randomWeights(plainModel));
        try {
          for (const mode of streamModes) {
            const adapter = randomAdapter(plainAdapter, mode, spec);
            for (const [name, tensor] of adapter.tensors) {
              const [rows, columns] = tensor.shape as readonly [number, number];
              const short = { ...tensor, shape: [rows, columns - 1], data: tensor.data.slice(rows) };
              const attach = (tensors: Adapter["tensors"]) => () => model.attach({ ...adapter, tensors });
              const without = new Map(adapter.tensors);
              without.delete(name);
              await expectRefused("MISSING_TENSOR", `an adapter without ${name}`, attach(without));
              const wrong = new Map(adapter.tensors).set(name, short);
              await expectRefused("SHAPE_MISMATCH", `an adapter with a wrong ${name}`, attach(wrong));
              const spoilt = { ...tensor, data: tensor.data.with(tensor.data.length - 1, Number.NaN) };
              const broken = new Map(adapter.tensors).set(name, spoilt);
              await expectRefused("NOT_FINITE", `an adapter with NaN in ${name}`, attach(broken));
            }
          }
        } finally {
          await model.dispose();
        }
        return undefined;
      },
    },
  ];
}

function withTensor({ spec, tensors }: ModelWeights, name: string, tensor: WeightTensor): ModelWeights {
  return { spec, tensors: new Map(tensors).set(name, tensor) };
}
