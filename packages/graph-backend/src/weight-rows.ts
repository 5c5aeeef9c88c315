import { quantizeInt8 } from "@anabranch/checkpoints";
import {
  type Float32Tensor,
  GraphBuilder,
  type GraphRuntime,
  type ModelWeights,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import type { ModelRuntime } from "./model-runtime.js";

/** Rows that are gathered at once. */
const ROWS_A_RUN = 512;

/** Weights a scale where what was rounded before is rounded again. */
const BLOCK = 32;

/** Where a model's weights are: given with each graph, or held by the runtime. */
export interface WeightSource {
  readonly runtime: GraphRuntime | ModelRuntime;
  readonly weights: ModelWeights;
}

/**
 * Rows of one of a model's matrices [out, in] as float32; where the runtime holds it, by a graph that gathers them.
 *
 * @param rows all when absent
 */
export async function readRows(
  { runtime, weights }: WeightSource,
  name: string,
  [out, width]: readonly [number, number],
  rows: Int32Array = Int32Array.from({ length: out }, (_, row) => row),
): Promise<Float32Tensor> {
  const data = new Float32Array(rows.length * width);
  const shape = [rows.length, width] as const;
  const given = weights.tensors.get(name);
  if (given !== undefined) {
    const all = toFloat32(given);
    rows.forEach((row, place) => void data.set(all.subarray(row * width, (row + 1) * width), place * width));
    return { format: "f32", shape, data };
  }
  const builder = new GraphBuilder("rows");
  const indices = builder.input("indices", ["batch", "n"], "i32");
  const table = builder.parameter(name, [out, width]);
  builder.output("rows", builder.add("embed", "rows", [table, indices], {})[0] as string);
  const compiled = await runtime.compile(builder.build());
  try {
    for (let from = 0; from < rows.length; from += ROWS_A_RUN) {
      const some = rows.slice(from, from + ROWS_A_RUN);
      const { rows: found } = await compiled.run({ indices: { shape: [1, some.length], data: some } });
      if (found !== undefined) data.set(found.data, from * width);
    }
  } finally {
    await compiled.dispose();
  }
  return { format: "f32", shape, data };
}

/** How a weight is held. */
function formatOf({ runtime, weights }: WeightSource, name: string): WeightTensor["format"] {
  const given = weights.tensors.get(name)?.format;
  return given ?? ("weightFormat" in runtime ? runtime.weightFormat(name) : "f32");
}

/** What was made of a weight, in a format as cheap as the weight's own: float32, or 8 bits. For drafts only. */
export function likeItsOwn(source: WeightSource, name: string, made: Float32Tensor): WeightTensor {
  return formatOf(source, name) === "f32" ? made : quantizeInt8(made, BLOCK);
}
