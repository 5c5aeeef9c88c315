import { BackendFailedError, type Tensor } from "@anabranch/core";
import type { Heap } from "../memory/heap.js";
import { HeldTensor } from "../memory/held-tensors.js";
import type { RopeTable } from "../plan/lowering.js";
import type { Plan } from "../plan/plan.js";
import { RopeAngles } from "./rope-angles.js";

/** Tells a plan where the tensors are that it reads where they lie. What they hold may change from run to run. */
export function followInputs(heap: Heap, plan: Plan, inputs: Readonly<Record<string, Tensor>>): void {
  // Of all or of none: a plan that was told of some would be taken for one that knows what it ran with last.
  for (const { name } of plan.followed) {
    if (!(inputs[name] instanceof HeldTensor)) throw new BackendFailedError(`${name} has left the heap.`);
  }
  for (const followed of plan.followed) {
    const { address } = inputs[followed.name] as HeldTensor;
    if (address === followed.address) continue;
    followed.address = address;
    for (const word of followed.words) heap.ints(word, 1)[0] = address;
  }
}

/** Puts the other inputs of a run where its plan looks for them. */
export function copyInputs(heap: Heap, plan: Plan, inputs: Readonly<Record<string, Tensor>>): void {
  for (const { name, address, dtype } of plan.copied) heap.put(address, (inputs[name] as Tensor).data, dtype);
  for (const table of plan.ropeTables) fillRopeTable(heap, table, (inputs[table.positions] as Tensor).data);
}

function fillRopeTable(heap: Heap, table: RopeTable, positions: Tensor["data"]): void {
  const size = table.frequencies.length;
  const angles = anglesOf(table);
  const cosines = heap.floats(table.cosines, positions.length * size);
  const sines = heap.floats(table.sines, positions.length * size);
  for (let row = 0; row < positions.length; row++) angles.write(positions[row] as number, cosines, sines, row * size);
}

/** By frequencies, which all plans of a graph have the same of. */
const kept = new WeakMap<readonly number[], RopeAngles>();

function anglesOf({ frequencies, scale }: RopeTable): RopeAngles {
  const known = kept.get(frequencies);
  if (known?.scale === scale) return known;
  const angles = new RopeAngles(frequencies, scale);
  kept.set(frequencies, angles);
  return angles;
}
