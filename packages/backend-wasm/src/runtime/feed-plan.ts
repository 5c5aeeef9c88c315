import { BackendFailedError, type Tensor } from "@anabranch/core";
import type { Heap } from "../memory/heap.js";
import { HeldTensor } from "../memory/held-tensors.js";
import type { RopeTable } from "../plan/lowering.js";
import type { Plan } from "../plan/plan.js";

/** Puts the inputs of a run where its plan looks for them. */
export function feedPlan(heap: Heap, plan: Plan, inputs: Readonly<Record<string, Tensor>>): void {
  for (const { name, address, length, dtype } of plan.copied) {
    const { data } = inputs[name] as Tensor;
    if (dtype === "i32") heap.ints(address, length).set(data);
    else heap.floats(address, length).set(data);
  }
  for (const followed of plan.followed) {
    const tensor = inputs[followed.name];
    if (!(tensor instanceof HeldTensor)) throw new BackendFailedError(`${followed.name} has left the heap.`);
    if (tensor.address === followed.address) continue;
    followed.address = tensor.address;
    for (const word of followed.words) heap.ints(word, 1)[0] = tensor.address;
  }
  for (const table of plan.ropeTables) fillRopeTable(heap, table, (inputs[table.positions] as Tensor).data);
}

/** Angles in float64, so that far positions are as exact as near ones. */
function fillRopeTable(heap: Heap, table: RopeTable, positions: Tensor["data"]): void {
  const { frequencies, scale } = table;
  const size = frequencies.length;
  const cosines = heap.floats(table.cosines, positions.length * size);
  const sines = heap.floats(table.sines, positions.length * size);
  for (let row = 0; row < positions.length; row++) {
    const position = positions[row] as number;
    // Streams, and the branches of a tree, stand at the position of the row before them.
    if (row > 0 && position === positions[row - 1]) {
      cosines.copyWithin(row * size, (row - 1) * size, row * size);
      sines.copyWithin(row * size, (row - 1) * size, row * size);
      continue;
    }
    for (let pair = 0; pair < size; pair++) {
      const angle = position * (frequencies[pair] as number);
      cosines[row * size + pair] = scale * Math.cos(angle);
      sines[row * size + pair] = scale * Math.sin(angle);
    }
  }
}
