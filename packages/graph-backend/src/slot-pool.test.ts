import { AnabranchError, type ModelSpec, type Tensor } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
        const holders: { slots: number[]; marks: number[] }[] = [{ slots: [], marks: [] }];
        let mark = 0;
        for (const { do: what, who, count } of actions) {
          const holder = holders[who % holders.length] as { slots: number[]; marks: number[] };
          if (what === "append") {
            for (const slot of pool.allocate(count)) {
              mark++;
              for (let layer = 0; layer < spec.layers; layer++) {
                const row = Float32Array.from({ length: 2 * width }, (_, at) => mark + layer / 8 + at / 64);
                pool.write(
                  layer,
                  slot,
                  row,
                  row.map((value) => -value),
                  1,
                );
              }
              holder.slots.push(slot);
              holder.marks.push(mark);
            }
          } else if (what === "fork") {
            pool.retain(holder.slots);
            holders.push({ slots: [...holder.slots], marks: [...holder.marks] });
          } else {
            const keep = Math.max(0, holder.slots.length - count);
            pool.release(holder.slots, keep);
            holder.slots.length = keep;
            holder.marks.length = keep;
          }
        }
        expect(pool.used).toBe(new Set(holders.flatMap(({ slots }) => slots)).size);
        for (const { slots, marks } of holders) {
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
    const slots = pool.allocate(1000);
    expect(pool.capacity).toBeGreaterThanOrEqual(1000);
    pool.release(slots, 10);
    expect(pool.capacity).toBe(64);
    expect(pool.allocate(1)).toEqual([10]);
  });

  it("refuses more slots than it may have, and is as it was", () => {
    const pool = new SlotPool(spec, 100);
    pool.allocate(90);
    try {
      pool.allocate(11);
      expect.unreachable();
    } catch (error) {
      expect(AnabranchError.isInstance(error, "CONTEXT_OVERFLOW")).toBe(true);
    }
    expect(pool.used).toBe(90);
    expect(pool.allocate(10)).toHaveLength(10);
  });
});
