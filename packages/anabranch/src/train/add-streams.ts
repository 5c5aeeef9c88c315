import {
  type Adapter,
  adapterParameterShapes,
  type Float32Tensor,
  type ModelSpec,
  parameterNames,
} from "@anabranch/core";

/** An adapter with `gamma` streams where it has fewer: each new one begins as its last, whose task is the most like theirs. */
export function withStreams(spec: ModelSpec, adapter: Adapter, gamma: number): Adapter {
  const before = adapter.streams.gamma;
  if (gamma <= before) return adapter;
  const streams = { ...adapter.streams, gamma };
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, shape] of adapterParameterShapes(spec, streams)) {
    const own = adapter.tensors.get(name) ?? adapter.tensors.get(parameterNames.markovUp(before));
    tensors.set(name, withRows(own as Float32Tensor, shape));
  }
  return { ...adapter, streams, tensors };
}

/** A tensor of that shape, whose further rows are its last. */
function withRows(tensor: Float32Tensor, shape: readonly number[]): Float32Tensor {
  const [rows = 0, width = 1] = shape;
  const known = tensor.shape[0] as number;
  if (known === rows) return tensor;
  const data = new Float32Array(rows * width);
  data.set(tensor.data);
  for (let row = known; row < rows; row++) data.set(tensor.data.subarray((known - 1) * width), row * width);
  return { format: "f32", shape, data };
}
