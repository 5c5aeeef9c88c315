import { parameterNames, toFloat32, type WeightTensor } from "@anabranch/core";
import { DEFAULT_BLOCK_SIZE } from "./block-size.js";
import { quantizeInt4 } from "./quantize-int4.js";
import { quantizeInt8 } from "./quantize-int8.js";

/**
 * float32, as-stored: exact; int8, int4: matrices are rounded in blocks, and those that are already kept so in such blocks are
 * left alone; quantized: matrices that are stored in blocks of 8 or 4 bits are left as they are, all others become int8. The
 * embedding and the head have at least 8 bits, since they are what 4 bits hurt most.
 */
export type WeightFormat = "float32" | "as-stored" | "int8" | "int4" | "quantized";

/**
 * One weight of a model in the format asked for. Vectors stay float32.
 *
 * @param name one of `parameterNames`
 * @throws InvalidArgumentError for a block size that is no positive even number; NotFiniteError
 */
export function convertWeight(
  name: string,
  tensor: WeightTensor,
  format: WeightFormat,
  blockSize = DEFAULT_BLOCK_SIZE,
): WeightTensor {
  if (format === "as-stored") return tensor;
  const isMatrix = tensor.shape.length === 2 && !name.endsWith(".bias");
  if (format === "float32" || !isMatrix) {
    return tensor.format === "f32" ? tensor : { format: "f32", shape: tensor.shape, data: toFloat32(tensor) };
  }
  if (format === "quantized" && tensor.format !== "f32") return tensor;
  const wanted = format === "int4" && isLayer(name) ? "int4-block" : "int8-block";
  if (tensor.format === wanted && tensor.blockSize === blockSize) return tensor;
  const dense = { format: "f32", shape: tensor.shape, data: toFloat32(tensor) } as const;
  if (wanted === "int4-block") return quantizeInt4(dense, blockSize);
  const steps = tensor.format === "int4-block" && tensor.blockSize === blockSize ? tensor.scales : undefined;
  return quantizeInt8(dense, blockSize, steps);
}

const isLayer = (name: string): boolean => name !== parameterNames.embedding && name !== parameterNames.head;
