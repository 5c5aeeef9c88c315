import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ADD, COPY_ROWS, GATHER_ROWS, SCALE } from "../../assembly/step-codes.js";
import { byNumber, byRow, type Located, wholly } from "../../src/plan/lowering.js";
import { floatBits, type Step } from "../../src/plan/step.js";
import { writeSteps } from "../../src/plan/write-steps.js";
import type { ThreadPool } from "../../src/threads/thread-pool.js";
import { randomFloats } from "../random-numbers.js";
import { startPool } from "../start-pool.js";

/** Values that steps work on: few, so that they depend on one another. */
const VALUES = 4;
const FEATURES = 48;

/** A step between values, by their numbers. */
interface Planned {
  readonly what: "copy" | "gather" | "add" | "scale";
  readonly from: number;
  readonly beside: number;
  readonly to: number;
  readonly inTurn: boolean;
  readonly seed: number;
}

const plans = fc.array(
  fc.record({
    what: fc.constantFrom<Planned["what"]>("copy", "gather", "gather", "add", "scale"),
    from: fc.nat(VALUES - 1),
    beside: fc.nat(VALUES - 1),
    to: fc.nat(VALUES - 1),
    inTurn: fc.boolean(),
    seed: fc.nat(1e6),
  }),
  { minLength: 1, maxLength: 30 },
);

const pools = new Map<number, ThreadPool>();
beforeAll(async () => {
  for (const threads of [1, 2, 3]) pools.set(threads, await startPool(threads));
});
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.stop())));

/** @param put lays numbers in memory, and says where */
function stepOf(planned: Planned, values: readonly Located[], put: (numbers: Int32Array) => number): Step {
  const { what, seed, inTurn } = planned;
  const [from, beside, to] = [planned.from, planned.beside, planned.to].map((at) => values[at]) as [
    Located,
    Located,
    Located,
  ];
  const byNumbers = { units: to.rows * FEATURES, piece: 16, inTurn, writes: [byNumber(to)] };
  if (what === "add") {
    const args = [from.address, beside.address, floatBits(0.5), to.address];
    return { code: ADD, args, reads: [byNumber(from), byNumber(beside)], ...byNumbers };
  }
  if (what === "scale") {
    return { code: SCALE, args: [from.address, floatBits(0.75), to.address], reads: [byNumber(from)], ...byNumbers };
  }
  const byRows = { units: to.rows, inTurn, writes: [byRow(to)] };
  if (what === "copy") {
    const args = [from.address, FEATURES, FEATURES, to.address, FEATURES];
    return { code: COPY_ROWS, args, reads: [byRow(from)], ...byRows };
  }
  const indices = randomFloats(seed, to.rows).map((share) => Math.abs(share) * (to.rows - 1));
  // Rows of a value into itself would depend on their order.
  const source = from === to ? (values[(planned.to + 1) % VALUES] as Located) : from;
  const args = [source.address, FEATURES, put(Int32Array.from(indices, Math.round)), to.address];
  return { code: GATHER_ROWS, args, reads: [wholly(source)], ...byRows };
}

/** Runs a plan, and returns all values as bytes. */
function run(pool: ThreadPool, planned: readonly Planned[], rows: number): Buffer {
  const { heap } = pool;
  const taken: number[] = [];
  const room = (bytes: number): number => {
    taken.push(heap.allocate(bytes));
    return taken.at(-1) as number;
  };
  const values = Array.from({ length: VALUES }, (_, index): Located => {
    const address = room(4 * rows * FEATURES);
    heap.floats(address, rows * FEATURES).set(randomFloats(index, rows * FEATURES));
    return { address, shape: [rows, FEATURES], rows, features: FEATURES };
  });
  const copied = (numbers: Int32Array): number => {
    const at = room(4 * numbers.length);
    heap.ints(at, numbers.length).set(numbers);
    return at;
  };
  const steps = planned.map((step) => stepOf(step, values, copied));
  taken.push(writeSteps(heap, steps, { threads: pool.threads }));
  // Twice, since a step whose pieces were taken in turn must be as it was.
  for (let time = 0; time < 2; time++) pool.run(taken.at(-1) as number);
  const found = Buffer.concat(values.map(({ address }) => heap.bytes(address, 4 * rows * FEATURES)));
  for (const at of taken) heap.free(at);
  return found;
}

it("gives the same numbers on any number of threads, whatever its steps need of one another", () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 70 }), (planned, rows) => {
      const alone = run(pools.get(1) as ThreadPool, planned, rows);
      for (const pool of pools.values())
        expect(alone.equals(run(pool, planned, rows)), `${pool.threads} threads`).toBe(true);
    }),
    { numRuns: 60 },
  );
});
