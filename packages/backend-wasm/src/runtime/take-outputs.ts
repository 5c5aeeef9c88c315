import { InvalidArgumentError, type Tensor } from "@anabranch/core";
import type { Heap } from "../memory/heap.js";
import type { PlannedOutputs } from "../plan/plan.js";

/** Copies the outputs of a run out of the heap, all at once: they are parts of one array. */
export function takeOutputs(
  heap: Heap,
  { address, length, parts }: PlannedOutputs,
  into: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const floats = heap.floats(address, length).slice();
  const ints = new Int32Array(floats.buffer);
  const outputs: Record<string, Tensor> = {};
  for (const part of parts) {
    const { name, offset, shape, dtype } = part;
    const data = (dtype === "i32" ? ints : floats).subarray(offset, offset + part.length);
    const given = into[name];
    outputs[name] = given === undefined ? { shape, data } : fill(name, given, shape, data);
  }
  return outputs;
}

/** @throws InvalidArgumentError where the output does not fit */
function fill(name: string, into: Tensor, shape: readonly number[], data: Tensor["data"]): Tensor {
  if (into.data.length !== data.length) {
    throw new InvalidArgumentError(`${name} is [${shape}], the tensor to write it into is [${into.shape}].`, {
      subject: name,
    });
  }
  into.data.set(data);
  return into;
}
