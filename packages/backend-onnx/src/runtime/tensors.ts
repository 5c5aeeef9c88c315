import { type DType, InvalidArgumentError, type Tensor } from "@anabranch/core";
import { Tensor as OnnxTensor } from "onnxruntime-node";

/** Views that were made: callers feed the same tensors again and again, such as a cache's keys. */
const views = new WeakMap<Tensor, OnnxTensor>();

/** ONNX Runtime's view of a tensor over the same memory; a Float64Array is the one that must be converted. */
export function toOnnx(tensor: Tensor): OnnxTensor {
  if (tensor.data instanceof Float64Array) return view(tensor);
  const known = views.get(tensor);
  if (known !== undefined) return known;
  const made = view(tensor);
  views.set(tensor, made);
  return made;
}

function view({ shape, data }: Tensor): OnnxTensor {
  if (data instanceof Int32Array) return new OnnxTensor("int32", data, shape);
  return new OnnxTensor("float32", data instanceof Float32Array ? data : Float32Array.from(data), shape);
}

export function fromOnnx(tensor: OnnxTensor): Tensor {
  return { shape: tensor.dims, data: tensor.data as Float32Array | Int32Array };
}

/** A tensor that ONNX Runtime may write into. @throws InvalidArgumentError where its array cannot hold the output. */
export function toFetch(name: string, tensor: Tensor, dtype: DType): OnnxTensor {
  const { data } = tensor;
  if (dtype === "f32" ? data instanceof Float32Array : data instanceof Int32Array) return toOnnx(tensor);
  throw new InvalidArgumentError(`${name} is written into a ${dtype === "f32" ? "Float32Array" : "Int32Array"} only.`, {
    subject: name,
  });
}
