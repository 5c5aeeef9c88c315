import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Barriers } from "../../src/plan/barriers.js";
import { type Access, type Step, unitsFrom } from "../../src/plan/step.js";

/** Bytes of the memory that the steps work in: few, so that they meet often. */
const BYTES = 96;

const accesses = (units: number): fc.Arbitrary<Access> =>
  fc.oneof(
    fc.tuple(fc.nat(BYTES - 1), fc.integer({ min: 1, max: 24 })).map(([from, length]) => ({ from, to: from + length })),
    // The last unit may have less than its stride.
    fc
      .tuple(fc.nat(BYTES - 1), fc.integer({ min: 1, max: 8 }), fc.nat(7))
      .map(([from, stride, less]) => ({ from, to: from + units * stride - (less % stride), stride })),
  );

const steps: fc.Arbitrary<Step & { readonly inTurn: boolean }> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }))
  .chain(([units, piece]) =>
    fc.record({
      code: fc.constant(1),
      args: fc.constant([]),
      units: fc.constant(units),
      piece: fc.constant(piece),
      inTurn: fc.boolean(),
      reads: fc.array(accesses(units), { maxLength: 2 }),
      writes: fc.array(accesses(units), { maxLength: 2 }),
    }),
  );

/** Every byte that a thread touches, one by one: what `Barriers` says with stretches. */
function touched(
  step: Step & { readonly inTurn: boolean },
  accessesOf: readonly Access[],
  thread: number,
  threads: number,
): Set<number> {
  const bytes = new Set<number>();
  const [begin, end] = [unitsFrom(step, thread, threads), unitsFrom(step, thread + 1, threads)];
  for (const { from, to, stride } of accessesOf) {
    if (begin === end && !step.inTurn) continue;
    const anywhere = step.inTurn || stride === undefined;
    const first = anywhere ? from : from + begin * stride;
    const last = anywhere ? to : Math.min(to, from + end * stride);
    for (let byte = first; byte < last; byte++) bytes.add(byte);
  }
  return bytes;
}

describe("barriers", () => {
  it("stand before the steps that touch what another thread has touched since, and before no others", () => {
    const property = fc.property(
      fc.array(steps, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (list, threads) => {
        const barriers = new Barriers(threads);
        const numbers = Array.from({ length: threads }, (_, thread) => thread);
        let read = numbers.map(() => new Set<number>());
        let written = numbers.map(() => new Set<number>());
        for (const step of list) {
          const reads = numbers.map((thread) => touched(step, step.reads, thread, threads));
          const writes = numbers.map((thread) => touched(step, step.writes, thread, threads));
          const meets = (some: Set<number>[], others: Set<number>[]): boolean =>
            some.some((a, one) => others.some((b, other) => one !== other && [...a].some((byte) => b.has(byte))));
          const needed = meets(reads, written) || meets(writes, written) || meets(writes, read);
          expect(barriers.before(step)).toBe(needed);
          if (needed) [read, written] = [numbers.map(() => new Set<number>()), numbers.map(() => new Set<number>())];
          for (const thread of numbers) {
            for (const byte of reads[thread] as Set<number>) read[thread]?.add(byte);
            for (const byte of writes[thread] as Set<number>) written[thread]?.add(byte);
          }
        }
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it("divide a step's units among threads: each unit once, in order, pieces whole", () => {
    const sizes = [fc.nat(200), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 })] as const;
    fc.assert(
      fc.property(...sizes, (units, piece, threads) => {
        const step = { code: 1, args: [], units, piece, reads: [], writes: [] };
        let next = 0;
        for (let thread = 0; thread < threads; thread++) {
          const [begin, end] = [unitsFrom(step, thread, threads), unitsFrom(step, thread + 1, threads)];
          expect(begin).toBe(next);
          if (end < units) expect(end % piece).toBe(0);
          next = end;
        }
        expect(next).toBe(units);
      }),
    );
  });
});
