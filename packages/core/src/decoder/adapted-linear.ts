import type { GraphBuilder } from "../graph/index.js";
import { type LinearModule, linearShape, type ModelSpec, parameterNames, type StreamSpec } from "../model/index.js";

/** y = W x, plus (alpha / rank) B (A x) where the adapter has LoRA on this map and the rows are adapted ones, plus its bias. */
export function adaptedLinear(
  builder: GraphBuilder,
  spec: ModelSpec,
  streams: StreamSpec | undefined,
  at: { readonly layer: number; readonly module: LinearModule; readonly name: string; readonly adapted: boolean },
  x: string,
): string {
  const { layer, module, name } = at;
  const shape = linearShape(spec, module);
  const biased = spec.biases?.includes(module) === true;
  const mapped = biased ? `${name}.unbiased` : name;
  const withBias = (y: string): string =>
    biased
      ? (builder.add(
          "bias",
          name,
          [y, builder.parameter(parameterNames.bias(layer, module), [shape[0]])],
          {},
        )[0] as string)
      : y;
  const weight = builder.parameter(parameterNames.linear(layer, module), shape);
  const lora = at.adapted ? streams?.lora : undefined;
  if (lora === undefined || !lora.modules.includes(module) || !lora.layers.includes(layer)) {
    return withBias(builder.add("linear", mapped, [x, weight], { transposed: false })[0] as string);
  }
  const [out, input] = shape;
  const down = builder.parameter(parameterNames.loraDown(layer, module), [lora.rank, input]);
  const up = builder.parameter(parameterNames.loraUp(layer, module), [out, lora.rank]);
  const [base] = builder.add("linear", `${name}.base`, [x, weight], { transposed: false }) as [string];
  const [inner] = builder.add("linear", `${name}.lora_A`, [x, down], { transposed: false }) as [string];
  const [delta] = builder.add("linear", `${name}.lora_B`, [inner, up], { transposed: false }) as [string];
  return withBias(builder.add("add", mapped, [base, delta], { scale: lora.alpha / lora.rank })[0] as string);
}
