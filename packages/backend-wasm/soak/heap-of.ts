import type { BackendModel, Tensor } from "@anabranch/core";
import type { Heap } from "../src/memory/heap.js";
import { HeldTensor } from "../src/memory/held-tensors.js";

/** The memory of a model on our backend, which its users do not see: that in which its keys and values lie. */
export function heapOf(model: BackendModel): Heap {
  const { pool } = model as unknown as { readonly pool: { readonly keys: readonly Tensor[] } };
  const [keys] = pool.keys;
  if (keys instanceof HeldTensor) return keys.heap;
  throw new TypeError("The model's keys are not in a heap.");
}
