import { AnabranchError, ContextOverflowError, type ModelSpec, type Tensor } from "@anabranch/core";
import { plainTensors, type TensorSource } from "./model-runtime.js";
import { relayHeads } from "./relay-heads.js";

/** Every capacity is a multiple of it. */
const STEP = 64;

/** Who holds slots, in the order of its text, which is always ascending. */
export interface SlotHolder {
  readonly slots: number[];
  /** Called when the pool has changed the numbers in `slots`. */
  moved(): void;
}

/** Slots that are to follow a holder's last. */
export interface SlotRequest {
  readonly holder: SlotHolder;
  readonly count: number;
}

/**
 * Keys and values of all sequences of a model, in slots: layer by layer [kvHeads, capacity, headSize], the layout that a
 * graph is fed as it stands. A sequence is a list of slots, a slot may belong to several sequences (forks), and a row sees
 * its own sequence's slots through the bias.
 *
 * The slots of a sequence ascend as its text does. So a runtime that adds slots up from first to last gives the same bits
 * whatever else is in the pool.
 *
 * Capacity grows by half when slots run out and is cut when three quarters stand empty at the end, so that moving the
 * buffers costs a constant a token in the long run; no step copies the context. Where a quarter or more is holes that nobody
 * may fill, the slots close up instead.
 */
export class SlotPool {
  /** By layer: [kvHeads, capacity, headSize]. The same objects until the capacity changes. */
  keys: readonly Tensor[];
  values: readonly Tensor[];
  #capacity: number;
  /** Slots of an empty pool. */
  readonly #fewest: number;
  /** How many sequences hold a slot. [capacity] */
  #holders: Int32Array;
  #used = 0;
  /** No free slot lies below. */
  #lowestFree = 0;
  /** One past the last slot in use. */
  #end = 0;
  readonly #known = new Set<SlotHolder>();

  constructor(
    readonly spec: ModelSpec,
    readonly maxSlots: number,
    readonly tensors: TensorSource = plainTensors,
    fewestSlots = STEP,
  ) {
    this.#fewest = roundUp(Math.min(fewestSlots, maxSlots));
    this.#capacity = this.#fewest;
    this.#holders = new Int32Array(this.#fewest);
    [this.keys, this.values] = this.#buffers(this.#fewest);
  }

  /** Slots that a pass is fed. */
  get capacity(): number {
    return this.#capacity;
  }

  get used(): number {
    return this.#used;
  }

  /** From now on the holder is told when its slots move; those that it has are held once more. */
  admit(holder: SlotHolder): void {
    this.#known.add(holder);
    for (const slot of holder.slots) this.#holders[slot] = (this.#holders[slot] as number) + 1;
  }

  /** Gives all of a holder's slots back. */
  dismiss(holder: SlotHolder): void {
    this.release(holder.slots);
    this.#known.delete(holder);
  }

  /**
   * For each request the lowest free slots behind its holder's last, held once; whoever asked appends them.
   *
   * @throws ContextOverflowError when memory or `maxSlots` does not allow as many: then the pool is as it was
   */
  allocate(requests: readonly SlotRequest[]): number[][] {
    const count = requests.reduce((sum, request) => sum + request.count, 0);
    this.#requireRoom(this.#used + count);
    let places = this.#place(requests);
    if (endOf(places) > this.#capacity) {
      if (endOf(places) > this.maxSlots || this.#used + count <= (3 / 4) * this.#capacity) {
        this.#closeUp();
        places = this.#place(requests);
      }
      this.#grow(endOf(places));
    }
    for (const slot of places.flat()) this.#holders[slot] = 1;
    this.#used += count;
    this.#end = Math.max(this.#end, endOf(places));
    while (this.#lowestFree < this.#end && this.#holders[this.#lowestFree] !== 0) this.#lowestFree++;
    return places;
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
    const fewer = Math.max(this.#fewest, roundUp(2 * this.#end));
    if (this.#end <= this.#capacity / 4 && fewer < this.#capacity) this.#shrink(fewer);
  }

  /** Gives the tensors back; the pool is of no use afterwards. */
  dispose(): void {
    this.tensors.free(this.keys);
    this.tensors.free(this.values);
  }

  /** Copies one row of a layer's new keys and values, [.., rows, kvHeads * headSize], into a slot. */
  write(layer: number, slot: number, keys: Tensor, values: Tensor, row: number): void {
    this.#copy(keys, row, this.keys[layer] as Tensor, slot);
    this.#copy(values, row, this.values[layer] as Tensor, slot);
  }

  #copy(from: Tensor, row: number, to: Tensor, slot: number): void {
    if (this.tensors.copyHeads?.(from, row, to, slot)) return;
    const { kvHeads, headSize } = this.spec;
    const [read, written] = [from.data, to.data];
    let at = row * kvHeads * headSize;
    for (let head = 0; head < kvHeads; head++) {
      const first = (head * this.#capacity + slot) * headSize;
      for (let feature = 0; feature < headSize; feature++) written[first + feature] = read[at++] as number;
    }
  }

  /** Free slots for each request, which may lie behind the capacity. */
  #place(requests: readonly SlotRequest[]): number[][] {
    const taken = new Set<number>();
    const places = requests.map(({ holder, count }) => {
      const slots: number[] = [];
      let slot = Math.max(this.#lowestFree, (holder.slots.at(-1) ?? -1) + 1);
      for (; slots.length < count; slot++) {
        if ((this.#holders[slot] ?? 0) !== 0 || taken.has(slot)) continue;
        taken.add(slot);
        slots.push(slot);
      }
      return slots;
    });
    return places;
  }

  #requireRoom(slots: number): void {
    if (slots <= this.maxSlots) return;
    throw new ContextOverflowError(`${slots} slots are needed; the cache may have ${this.maxSlots}.`, {
      subject: "maxSlots",
      cure: "Dispose sequences that are done, or raise maxSlots.",
    });
  }

  #grow(slots: number): void {
    if (slots > this.#capacity) this.#resize(roundUp(Math.max(slots, Math.min(1.5 * this.#capacity, this.maxSlots))));
  }

  /** Moves slots down into the holes before them, all in their order. */
  #closeUp(): void {
    const { kvHeads, headSize } = this.spec;
    const moved = new Int32Array(this.#end).fill(-1);
    let to = 0;
    for (let slot = 0; slot < this.#end; slot++) {
      if (this.#holders[slot] === 0) continue;
      moved[slot] = to;
      this.#holders[to] = this.#holders[slot] as number;
      to++;
    }
    this.#holders.fill(0, to);
    for (const { data } of [...this.keys, ...this.values]) {
      for (let head = 0; head < kvHeads; head++) {
        const first = head * this.#capacity;
        moved.forEach((target, slot) => {
          if (target < 0 || target === slot) return;
          const from = (first + slot) * headSize;
          data.copyWithin((first + target) * headSize, from, from + headSize);
        });
      }
    }
    for (const holder of this.#known) {
      holder.slots.forEach((slot, index) => {
        holder.slots[index] = moved[slot] as number;
      });
      holder.moved();
    }
    this.#lowestFree = to;
    this.#end = to;
  }

  /** Both are in memory for a moment. Where there is no room for that the pool stays large. */
  #shrink(capacity: number): void {
    try {
      this.#resize(capacity);
    } catch (error) {
      if (!AnabranchError.isInstance(error, "CONTEXT_OVERFLOW")) throw error;
    }
  }

  #resize(capacity: number): void {
    const { kvHeads, headSize } = this.spec;
    const [keys, values] = this.#buffers(capacity);
    keys.forEach((to, layer) => {
      relayHeads(this.keys[layer] as Tensor, to, this.#end, kvHeads, headSize);
    });
    values.forEach((to, layer) => {
      relayHeads(this.values[layer] as Tensor, to, this.#end, kvHeads, headSize);
    });
    const holders = new Int32Array(capacity);
    holders.set(this.#holders.subarray(0, this.#end));
    this.#holders = holders;
    this.tensors.free(this.keys);
    this.tensors.free(this.values);
    this.keys = keys;
    this.values = values;
    this.#capacity = capacity;
  }

  /** Zeros, so that a slot nobody wrote is finite: a hidden slot's weight is 0, but 0 times NaN is not. */
  #buffers(capacity: number): [keys: readonly Tensor[], values: readonly Tensor[]] {
    const { kvHeads, headSize, layers } = this.spec;
    const shape = [kvHeads, capacity, headSize];
    let keys: readonly Tensor[] | undefined;
    try {
      keys = this.tensors.allocate(shape, layers);
      return [keys, this.tensors.allocate(shape, layers)];
    } catch (cause) {
      if (keys !== undefined) this.tensors.free(keys);
      if (AnabranchError.isInstance(cause)) throw cause;
      throw new ContextOverflowError(`No memory is left for ${capacity} slots of keys and values.`, {
        subject: "memory",
        cure: "Dispose sequences that are done, or shorten them.",
        cause,
      });
    }
  }
}

/** One past the last of all slots. */
function endOf(places: readonly (readonly number[])[]): number {
  return places.reduce((end, slots) => Math.max(end, (slots.at(-1) ?? -1) + 1), 0);
}

function roundUp(slots: number): number {
  return Math.max(1, Math.ceil(slots / STEP)) * STEP;
}
