import { AnabranchError, type ModelSpec, type Tensor } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TensorSource } from "./model-runtime.js";
import { SlotPool } from "./slot-pool.js";

const spec = { layers: 2, kvHeads: 2, headSize: 3 } as ModelSpec;
const width = spec.kvHeads * spec.headSize;

/** What the pool holds of a slot, in the order of a row: [kvHeads * headSize] */
function rowAt(pool: SlotPool, tensor: Tensor, slot: number): number[] {
  return Array.from({ length: spec.kvHeads }, (_, head) => {
    const at = (head * pool.capacity + slot) * spec.headSize;
    return Array.from(tensor.data.subarray(at, at + spec.headSize));
  }).flat();
}

/** A sequence that knows what it wrote. */
class Holder {
  readonly slots: number[];
  readonly marks: number[];

  constructor(pool: SlotPool, twin?: Holder) {
    this.slots = [...(twin?.slots ?? [])];
    this.marks = [...(twin?.marks ?? [])];
    pool.admit(this);
  }

  moved(): void {}

  /** Takes `count` slots. */
  grow(pool: SlotPool, count: number): void {
    this.slots.push(...(pool.allocate([{ holder: this, count }])[0] as number[]));
  }
}

/** Memory for so many numbers, and a count of those given out. */
class LimitedTensors implements TensorSource {
  used = 0;

  constructor(readonly room: number) {}

  allocate(shape: readonly number[], count: number): readonly Tensor[] {
    const length = shape.reduce((size, axis) => size * axis, 1);
    if (this.used + count * length > this.room) throw new RangeError("no memory is left");
    this.used += count * length;
    return Array.from({ length: count }, () => ({ shape, data: new Float32Array(length) }));
  }

  free(tensors: readonly Tensor[]): void {
    for (const { data } of tensors) this.used -= data.length;
  }
}

describe("SlotPool", () => {
  it("keeps what every holder wrote, however it grows, shrinks and is shared", () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant("append" as const), who: fc.nat(), count: fc.integer({ min: 1, max: 150 }) }),
      fc.record({ do: fc.constant("fork" as const), who: fc.nat(), count: fc.constant(0) }),
      fc.record({ do: fc.constant("cut" as const), who: fc.nat(), count: fc.integer({ min: 1, max: 400 }) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        const pool = new SlotPool(spec, 10_000);
        const holders = [new Holder(pool)];
        let mark = 0;
        for (const { do: what, who, count } of actions) {
          const holder = holders[who % holders.length] as Holder;
          if (what === "append") {
            for (const slot of pool.allocate([{ holder, count }])[0] as number[]) {
              mark++;
              for (let layer = 0; layer < spec.layers; layer++) {
                const row = Float32Array.from({ length: 2 * width }, (_, at) => mark + layer / 8 + at / 64);
                const shape = [1, 2, width];
                pool.write(layer, slot, { shape, data: row }, { shape, data: row.map((value) => -value) }, 1);
              }
              holder.slots.push(slot);
              holder.marks.push(mark);
            }
          } else if (what === "fork") {
            holders.push(new Holder(pool, holder));
          } else {
            const keep = Math.max(0, holder.slots.length - count);
            pool.release(holder.slots, keep);
            holder.slots.length = keep;
            holder.marks.length = keep;
          }
        }
        expect(pool.used).toBe(new Set(holders.flatMap(({ slots }) => slots)).size);
        for (const { slots, marks } of holders) {
          expect(slots).toEqual([...slots].sort((a, b) => a - b));
          slots.forEach((slot, index) => {
            for (let layer = 0; layer < spec.layers; layer++) {
              const row = Array.from({ length: width }, (_, at) =>
                Math.fround((marks[index] as number) + layer / 8 + (width + at) / 64),
              );
              expect(rowAt(pool, pool.keys[layer] as Tensor, slot)).toEqual(row);
              expect(rowAt(pool, pool.values[layer] as Tensor, slot)).toEqual(row.map((value) => -value));
            }
          });
        }
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it("stands as small as its last slot allows", () => {
    const pool = new SlotPool(spec, 10_000);
    const holder = new Holder(pool);
    holder.grow(pool, 1000);
    expect(pool.capacity).toBeGreaterThanOrEqual(1000);
    pool.release(holder.slots, 10);
    holder.slots.length = 10;
    expect(pool.capacity).toBe(64);
    holder.grow(pool, 1);
    expect(holder.slots.at(-1)).toBe(10);
  });

  it("has the fewest slots that it was asked for, and comes back to them", () => {
    const pool = new SlotPool(spec, 10_000, undefined, 200);
    const holder = new Holder(pool);
    expect(pool.capacity).toBe(256);
    holder.grow(pool, 1000);
    pool.release(holder.slots);
    expect(pool.capacity).toBe(256);
    expect(new SlotPool(spec, 100, undefined, 200).capacity).toBe(128);
  });

  it("closes holes up rather than growing over what nobody may fill", () => {
    const pool = new SlotPool(spec, 100);
    const [first, second] = [new Holder(pool), new Holder(pool)];
    first.grow(pool, 60);
    second.grow(pool, 30);
    pool.dismiss(first);
    second.grow(pool, 70);
    expect(second.slots).toEqual(Array.from({ length: 100 }, (_, slot) => slot));
  });

  it("refuses more slots than it may have, and is as it was", () => {
    const pool = new SlotPool(spec, 100);
    const holder = new Holder(pool);
    holder.grow(pool, 90);
    try {
      pool.allocate([{ holder, count: 11 }]);
      expect.unreachable();
    } catch (error) {
      expect(AnabranchError.isInstance(error, "CONTEXT_OVERFLOW")).toBe(true);
    }
    expect(pool.used).toBe(90);
    expect(pool.allocate([{ holder, count: 10 }]).flat()).toHaveLength(10);
  });

  it("gives memory back that it could not use, and is as it was", () => {
    // Numbers of a slot: all layers' keys and values. Room for 128 slots, and for the keys, not the values, of 192 more.
    const perSlot = 2 * spec.layers * width;
    const tensors = new LimitedTensors(perSlot * 128 + (perSlot / 2) * 192);
    const pool = new SlotPool(spec, 10_000, tensors);
    const holder = new Holder(pool);
    holder.grow(pool, 100);
    const { used } = tensors;
    expect(() => holder.grow(pool, 80)).toThrow(expect.objectContaining({ code: "CONTEXT_OVERFLOW" }));
    expect([tensors.used, pool.used, pool.capacity]).toEqual([used, 100, 128]);
    holder.grow(pool, 28);
    expect(holder.slots).toHaveLength(128);
  });

  it("takes slots back where no memory is left to grow smaller in", () => {
    const tensors = new LimitedTensors(2 * spec.layers * width * (64 + 640));
    const pool = new SlotPool(spec, 10_000, tensors);
    const holder = new Holder(pool);
    holder.grow(pool, 640);
    tensors.used = tensors.room;
    pool.release(holder.slots, 3);
    expect([pool.used, pool.capacity]).toEqual([3, 640]);
  });
});
