import { type DType, InvalidArgumentError, type Tensor } from "@anabranch/core";
import { Tensor as OnnxTensor } from "onnxruntime-node";

/** ONNX Runtime's view of a tensor over the same memory; a Float64Array is the one that must be converted. */
export function toOnnx({ shape, data }: Tensor): OnnxTensor {
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
