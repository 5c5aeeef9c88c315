import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { HEAP_LIMIT, Heap, OutOfMemory } from "../src/memory/heap.js";

const LINE = 64;

/** Something that happens to a heap: a block of so many bytes is given out, or the block at a place among those out is taken back. */
type Step = { readonly allocate: number } | { readonly free: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ allocate: fc.oneof(fc.nat(300), fc.nat(40_000), fc.constantFrom(0, 1, 63, 64, 65, 300_000)) }),
    fc.record({ free: fc.nat() }),
  ),
  { minLength: 1, maxLength: 60 },
);

interface Block {
  readonly at: number;
  readonly bytes: number;
  /** What it was filled with. */
  readonly mark: number;
}

const roundedUp = (bytes: number): number => Math.max(LINE, Math.ceil(bytes / LINE) * LINE);

describe.each([
  ["of its own", false],
  ["that threads share", true],
])("a heap in memory %s", (_, shared) => {
  // One for all runs: each takes 4 GiB of address space, and each run gives back all that it took.
  let heap: Heap;
  beforeAll(() => {
    heap = new Heap(shared);
  });

  it("gives out blocks that do not overlap, are aligned and keep what is in them, and gets all of them back", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const blocks: Block[] = [];
        const giveBack = (index: number): void => {
          const [{ at, bytes, mark }] = blocks.splice(index, 1) as [Block];
          expect(heap.bytes(at, bytes).every((byte) => byte === mark)).toBe(true);
          heap.free(at);
        };
        for (const [mark, step] of taken.entries()) {
          if ("free" in step) {
            if (blocks.length > 0) giveBack(step.free % blocks.length);
          } else {
            const at = heap.allocate(step.allocate);
            expect(at % LINE).toBe(0);
            expect(at).toBeGreaterThan(0);
            const end = at + roundedUp(step.allocate);
            expect(end).toBeLessThanOrEqual(heap.buffer.byteLength);
            expect(blocks.some((other) => at < other.at + roundedUp(other.bytes) && other.at < end)).toBe(false);
            heap.bytes(at, step.allocate).fill(mark);
            blocks.push({ at, bytes: step.allocate, mark });
          }
          expect(heap.used).toBe(blocks.reduce((sum, { bytes }) => sum + roundedUp(bytes), 0));
        }
        while (blocks.length > 0) giveBack(0);
        // What was taken back is one gap again: all of it is given out at once, and memory does not grow for it.
        const before = heap.buffer.byteLength;
        heap.free(heap.allocate(before - LINE));
        expect(heap.buffer.byteLength).toBe(before);
        expect(heap.used).toBe(0);
      }),
    );
  });

  it("shows what is in memory after it has grown", () => {
    const at = heap.allocate(4 * 100);
    heap.floats(at, 100).set(Float32Array.from({ length: 100 }, (_, index) => index + 0.5));
    const before = heap.buffer.byteLength;
    const large = heap.allocate(before);
    expect(heap.buffer.byteLength).toBeGreaterThan(before);
    expect([...heap.floats(at, 100)]).toEqual(Array.from({ length: 100 }, (_, index) => index + 0.5));
    heap.ints(large + before - 4, 1)[0] = 7;
    expect(heap.ints(large + before - 4, 1)[0]).toBe(7);
    for (const block of [at, large]) heap.free(block);
  });

  it("takes back only what it gave out, and only once", () => {
    const at = heap.allocate(100);
    expect(() => heap.free(at + LINE)).toThrow(RangeError);
    heap.free(at);
    expect(() => heap.free(at)).toThrow(RangeError);
  });

  it("says that nothing is left beyond 4 GiB, and stays as it was", () => {
    const { used } = heap;
    const before = heap.buffer.byteLength;
    expect(() => heap.allocate(HEAP_LIMIT + 1)).toThrow(OutOfMemory);
    expect([heap.used, heap.buffer.byteLength]).toEqual([used, before]);
    // Pages that nothing is written to cost no memory.
    const half = heap.allocate(2 ** 31);
    expect(() => heap.allocate(2 ** 31)).toThrow(OutOfMemory);
    expect(heap.used).toBe(used + 2 ** 31);
    const last = half + 2 ** 31 - 4;
    heap.ints(last, 1)[0] = -5;
    expect(heap.ints(last, 1)[0]).toBe(-5);
    heap.free(half);
  });
});
