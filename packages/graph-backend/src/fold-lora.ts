import {
  type Float32Tensor,
  type Graph,
  GraphBuilder,
  type GraphRuntime,
  type LinearModule,
  type LoraSpec,
  linearShape,
  parameterNames,
  type StreamSpec,
  type Tensor,
  type WeightTensor,
} from "@anabranch/core";
import { likeItsOwn, readRows, type WeightSource } from "./weight-rows.js";

/** Weights of graphs in which every row is an adapted one, and the settings to build those graphs with. */
export interface FoldedAdapter {
  readonly streams: StreamSpec;
  readonly weights: ReadonlyMap<string, WeightTensor>;
}

/**
 * `W + (alpha / rank) B A` in place of W: where every row of a graph is adapted, LoRA costs nothing that way, and apart it is
 * some 20 small operations a layer, a third of a small model's time. The base weights stay as they are; a graph holds its own
 * copy in any case. 8-bit weights are not folded, since the sum would have to be rounded again, and the main stream's words change.
 *
 * @param weights base and adapter by name
 */
export async function foldLora(
  runtime: GraphRuntime,
  streams: StreamSpec,
  weights: ReadonlyMap<string, WeightTensor>,
): Promise<FoldedAdapter> {
  const { lora } = streams;
  if (lora === undefined || !areFloat32(lora, weights)) return { streams, weights };
  return fold(runtime, streams, weights, async (name) => weights.get(name) as Float32Tensor);
}

/**
 * The same for streams that only propose, whatever the base's format: 8-bit weights are folded too and rounded again, which may
 * change what is drafted and never what is accepted.
 *
 * @param own the adapter's tensors, and the base's where they are given
 */
export async function foldForDrafts(
  source: WeightSource,
  streams: StreamSpec,
  own: ReadonlyMap<string, WeightTensor>,
): Promise<FoldedAdapter> {
  const { spec } = source.weights;
  const base = (name: string, module: LinearModule) => readRows(source, name, linearShape(spec, module));
  return fold(source.runtime, streams, own, base, (name, sum) => likeItsOwn(source, name, sum));
}

async function fold(
  runtime: GraphRuntime,
  { lora, ...rest }: StreamSpec,
  weights: ReadonlyMap<string, WeightTensor>,
  baseOf: (name: string, module: LinearModule) => Promise<Float32Tensor>,
  finish: (name: string, sum: Float32Tensor) => WeightTensor = (_, sum) => sum,
): Promise<FoldedAdapter> {
  if (lora === undefined) return { streams: rest, weights };
  const sum = await runtime.compile(sumGraph(lora.alpha / lora.rank), { fewRows: true });
  const folded = new Map(weights);
  for (const layer of lora.layers) {
    for (const module of lora.modules) {
      const name = parameterNames.linear(layer, module);
      const base = await baseOf(name, module);
      const down = weights.get(parameterNames.loraDown(layer, module)) as Tensor;
      const up = weights.get(parameterNames.loraUp(layer, module)) as Tensor;
      const { weight } = (await sum.run({ base, down, up })) as { weight: Tensor };
      folded.set(name, finish(name, { format: "f32", shape: base.shape, data: Float32Array.from(weight.data) }));
    }
  }
  await sum.dispose();
  return { streams: rest, weights: folded };
}

/** Whether all weights that the adapter changes are float32. */
function areFloat32({ layers, modules }: LoraSpec, weights: ReadonlyMap<string, WeightTensor>): boolean {
  return layers.every((layer) =>
    modules.every((module) => weights.get(parameterNames.linear(layer, module))?.format === "f32"),
  );
}

/** weight [out, in] = base + scale * up [out, rank] down [rank, in], by the runtime itself: a large model has many. */
function sumGraph(scale: number): Graph {
  const builder = new GraphBuilder("fold_lora");
  const base = builder.input("base", ["out", "in"]);
  const up = builder.input("up", ["out", "rank"]);
  const down = builder.input("down", ["rank", "in"]);
  const [delta] = builder.add("linear", "delta", [up, down], { transposed: true }) as [string];
  const [weight] = builder.add("add", "weight", [base, delta], { scale }) as [string];
  builder.output("weight", weight);
  return builder.build();
}
