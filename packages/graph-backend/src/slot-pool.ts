import { ContextOverflowError, type ModelSpec, type Tensor } from "@anabranch/core";
import type { Floats } from "./floats.js";
import { relayHeads } from "./relay-heads.js";

/** Slots of an empty pool; every other capacity is a multiple of it. */
const SMALLEST = 64;

/**
 * Keys and values of all sequences of a model, in slots: layer by layer [kvHeads, capacity, headSize], the layout that a
 * graph is fed as it stands. A sequence is a list of slots, a slot may belong to several sequences (forks), and a row sees
 * its own sequence's slots through the bias.
 *
 * Capacity grows by half when slots run out and is cut when three quarters stand empty at the end, so that moving the
 * buffers costs a constant a token in the long run; no step copies the context.
 */
export class SlotPool {
  /** By layer: [kvHeads, capacity, headSize]. The same objects until the capacity changes. */
  keys: readonly Tensor[];
  values: readonly Tensor[];
  #capacity = SMALLEST;
  /** How many sequences hold a slot. [capacity] */
  #holders = new Int32Array(SMALLEST);
  #used = 0;
  /** No free slot lies below. */
  #lowestFree = 0;
  /** One past the last slot in use. */
  #end = 0;

  constructor(
    readonly spec: ModelSpec,
    readonly maxSlots: number,
  ) {
    this.keys = this.#buffers(SMALLEST);
    this.values = this.#buffers(SMALLEST);
  }

  /** Slots that a pass is fed. */
  get capacity(): number {
    return this.#capacity;
  }

  get used(): number {
    return this.#used;
  }

  /** The lowest free slots, held once. @throws ContextOverflowError when memory or `maxSlots` does not allow as many. */
  allocate(count: number): number[] {
    this.#reserve(this.#used + count);
    const slots: number[] = [];
    let slot = this.#lowestFree;
    while (slots.length < count) {
      if (this.#holders[slot] === 0) {
        this.#holders[slot] = 1;
        slots.push(slot);
      }
      slot++;
    }
    this.#lowestFree = slot;
    this.#used += count;
    this.#end = Math.max(this.#end, slot);
    return slots;
  }

  /** One more sequence holds these slots. */
  retain(slots: readonly number[]): void {
    for (const slot of slots) this.#holders[slot] = (this.#holders[slot] as number) + 1;
  }

  /** One sequence fewer holds the slots from `from` on; those that nobody holds are free. */
  release(slots: readonly number[], from = 0): void {
    for (let index = from; index < slots.length; index++) {
      const slot = slots[index] as number;
      const holders = (this.#holders[slot] as number) - 1;
      this.#holders[slot] = holders;
      if (holders > 0) continue;
      this.#used--;
      if (slot < this.#lowestFree) this.#lowestFree = slot;
    }
    while (this.#end > 0 && this.#holders[this.#end - 1] === 0) this.#end--;
    if (this.#capacity > SMALLEST && this.#end <= this.#capacity / 4) this.#resize(roundUp(2 * this.#end));
  }

  /** Copies one row of a layer's new keys and values, [rows, kvHeads * headSize], into a slot. */
  write(layer: number, slot: number, keys: Floats, values: Floats, row: number): void {
    const { kvHeads, headSize } = this.spec;
    const toKeys = (this.keys[layer] as Tensor).data;
    const toValues = (this.values[layer] as Tensor).data;
    let from = row * kvHeads * headSize;
    for (let head = 0; head < kvHeads; head++) {
      const to = (head * this.#capacity + slot) * headSize;
      for (let feature = 0; feature < headSize; feature++, from++) {
        toKeys[to + feature] = keys[from] as number;
        toValues[to + feature] = values[from] as number;
      }
    }
  }

  #reserve(slots: number): void {
    if (slots > this.maxSlots) {
      throw new ContextOverflowError(`${slots} slots are needed; the cache may have ${this.maxSlots}.`, {
        subject: "maxSlots",
        cure: "Dispose sequences that are done, or raise maxSlots.",
      });
    }
    if (slots > this.#capacity) this.#resize(roundUp(Math.max(slots, Math.min(1.5 * this.#capacity, this.maxSlots))));
  }

  #resize(capacity: number): void {
    const { kvHeads, headSize } = this.spec;
    const keys = this.#buffers(capacity);
    const values = this.#buffers(capacity);
    for (const [layer, to] of keys.entries()) relayHeads(this.keys[layer] as Tensor, to, this.#end, kvHeads, headSize);
    for (const [layer, to] of values.entries())
      relayHeads(this.values[layer] as Tensor, to, this.#end, kvHeads, headSize);
    const holders = new Int32Array(capacity);
    holders.set(this.#holders.subarray(0, this.#end));
    this.#holders = holders;
    this.keys = keys;
    this.values = values;
    this.#capacity = capacity;
  }

  /** Zeros, so that a slot nobody wrote is finite: a hidden slot's weight is 0, but 0 times NaN is not. */
  #buffers(capacity: number): Tensor[] {
    const { kvHeads, headSize, layers } = this.spec;
    const shape = [kvHeads, capacity, headSize];
    try {
      return Array.from({ length: layers }, () => ({ shape, data: new Float32Array(kvHeads * capacity * headSize) }));
    } catch (cause) {
      throw new ContextOverflowError(`No memory is left for ${capacity} slots of keys and values.`, {
        subject: "memory",
        cure: "Dispose sequences that are done, or shorten them.",
        cause,
      });
    }
  }
}

function roundUp(slots: number): number {
  return Math.max(1, Math.ceil(slots / SMALLEST)) * SMALLEST;
}
