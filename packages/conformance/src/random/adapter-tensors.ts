import { type Adapter, adapterParameterShapes, type ModelSpec, parameterNames, type StreamMode } from "@anabranch/core";
import { type AdapterPlan, streamSpecOf } from "./adapter-plan.js";
import { RandomNumbers } from "./random-numbers.js";

/** The tensors of a random adapter, large enough that it matters whether and where it acts. */
export function randomAdapter(plan: AdapterPlan, mode: StreamMode, spec: ModelSpec): Adapter {
  const streams = streamSpecOf(plan, mode, spec);
  const random = new RandomNumbers(plan.seed);
  const tensors = [...adapterParameterShapes(spec, streams)].map(([name, shape]) => {
    const [rows, columns] = shape as readonly [number, number];
    const deviation = name === parameterNames.streamEmbedding ? 0.8 : 0.7 / Math.sqrt(columns);
    return [name, { format: "f32", shape, data: random.normals(rows * columns, deviation) }] as const;
  });
  return { streams, tensors: new Map(tensors) };
}
