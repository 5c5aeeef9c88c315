import { type AttendAttributes, HIDDEN_BIAS } from "@anabranch/core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { attendCallBytes, type KeySource, writeAttendCall } from "../src/index.js";
import { Arena } from "./arena.js";
import { cuts, inPieces } from "./pieces.js";
import { randomFloats, randomNumbers } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

interface Heads {
  readonly kvHeads: number;
  readonly group: number;
  readonly headSize: number;
}

const heads: fc.Arbitrary<Heads> = fc.record({
  kvHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 3 }),
  headSize: fc.constantFrom(4, 8, 12, 16, 40, 64),
});

/** Runs the kernel: out [rows, heads * headSize] */
function attend(
  { kvHeads, group, headSize }: Heads,
  query: Float32Array,
  members: number,
  sources: readonly KeySource[],
  cutsAt: readonly number[] = [],
): Float32Array {
  const width = kvHeads * group * headSize;
  const rows = query.length / width;
  const out = arena.room(query.byteLength);
  const call = arena.room(attendCallBytes(sources.length));
  writeAttendCall(arena.memory.buffer, call, {
    ...{ query: arena.put(query), queryStride: width, out, outStride: width, rows, members },
    ...{ heads: kvHeads * group, kvHeads, headSize, scale: headSize ** -0.5, sources },
  });
  const scratch = arena.room(arena.kernels.attendScratchBytes(call));
  inPieces(rows * kvHeads * group, cutsAt, (...range) => arena.kernels.attend(call, scratch, ...range));
  return arena.floats(out, query.length);
}

/** Of every row some slots are hidden, never all. [positions, slots] */
function randomBias(seed: number, positions: number, slots: number): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: positions * slots }, (_, index) => {
    if (index % slots === 0) return 0;
    return next() < 0.3 ? HIDDEN_BIAS : next() - 0.5;
  });
}

describe("attend", () => {
  it("is the reference's, over a cache, the pass's own rows and streams", () => {
    const shapes = fc.record({
      positions: fc.integer({ min: 1, max: 5 }),
      cached: fc.integer({ min: 1, max: 21 }),
      own: fc.constantFrom<AttendAttributes["own"]>("none", "streams", "main-and-streams"),
      gamma: fc.integer({ min: 1, max: 3 }),
      cutsAt: cuts,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(heads, shapes, (sizes, { positions, cached, own, gamma, cutsAt, seed }) => {
        arena.reset();
        const { kvHeads, group, headSize } = sizes;
        const members = own === "none" ? 1 : own === "streams" ? gamma : 1 + gamma;
        const ownLength = own === "none" ? 0 : gamma;
        const [rows, width, kvWidth] = [positions * members, kvHeads * group * headSize, kvHeads * headSize];
        const query = randomFloats(seed, rows * width);
        const random = (count: number, salt: number): Float32Array => randomFloats(seed + salt, count);
        const cache = [random(cached * kvWidth, 1), random(cached * kvWidth, 2)] as const;
        const pass = [random(positions * kvWidth, 3), random(positions * kvWidth, 4)] as const;
        const streams = [
          random(positions * ownLength * kvWidth, 5),
          random(positions * ownLength * kvWidth, 6),
        ] as const;
        const biases = [randomBias(seed, positions, cached), randomBias(seed + 1, positions, positions)] as const;

        const plain = { positionStride: 0, biasMemberStride: 0 };
        const sources: KeySource[] = [
          {
            ...{ keys: arena.put(cache[0]), values: arena.put(cache[1]), bias: arena.put(biases[0]), slots: cached },
            ...{ ...plain, slotStride: headSize, headStride: cached * headSize, biasStride: cached },
          },
          {
            ...{ keys: arena.put(pass[0]), values: arena.put(pass[1]), bias: arena.put(biases[1]), slots: positions },
            ...{ ...plain, slotStride: kvWidth, headStride: headSize, biasStride: positions },
          },
        ];
        if (own !== "none") {
          const seen = (member: number): number => (own === "streams" ? member + 1 : member === 0 ? ownLength : member);
          const bias = Float32Array.from({ length: members * ownLength }, (_, index) =>
            index % ownLength < seen(Math.floor(index / ownLength)) ? 0 : HIDDEN_BIAS,
          );
          sources.push({
            ...{ keys: arena.put(streams[0]), values: arena.put(streams[1]), bias: arena.put(bias), slots: ownLength },
            ...{ slotStride: kvWidth, headStride: headSize, positionStride: ownLength * kvWidth },
            ...{ biasStride: 0, biasMemberStride: ownLength },
          });
        }
        const out = attend(sizes, query, members, sources, cutsAt);

        const inputs = [
          tensor([1, rows, width], query),
          ...cache.map((data) => tensor([kvHeads, cached, headSize], data)),
          tensor([1, positions, cached], biases[0]),
          ...pass.map((data) => tensor([1, positions, kvWidth], data)),
          tensor([1, positions, positions], biases[1]),
          ...(own === "none" ? [] : streams.map((data) => tensor([1, positions * ownLength, kvWidth], data))),
        ];
        const attributes: AttendAttributes = {
          ...{ heads: kvHeads * group, kvHeads, headSize, members, own, ownLength, sources: ["heads", "rows"] },
        };
        const [expected] = reference("attend", inputs, attributes, 2);
        expect(distance(out, expected!.data)).toBeLessThan(2e-6);
      }),
      { numRuns: 200 },
    );
  });

  it("gives a row the same bits alone, among others, and in a tree: hidden slots and sources do not matter", () => {
    const shapes = fc.record({
      seen: fc.integer({ min: 2, max: 30 }),
      hidden: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }),
      rows: fc.integer({ min: 1, max: 5 }),
      cutsAt: cuts,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(heads, shapes, (sizes, { seen, hidden, rows, cutsAt, seed }) => {
        arena.reset();
        const { kvHeads, group, headSize } = sizes;
        const width = kvHeads * group * headSize;
        const query = randomFloats(seed, width);
        const [keys, values] = [randomFloats(seed + 1, seen * headSize), randomFloats(seed + 2, seen * headSize)];

        /** One source of slots: those of `places`, by index of what is seen, or -1 for hidden ones that hold anything. */
        const sourceOf = (places: readonly number[]): KeySource => {
          const slotsOf = (from: Float32Array): Float32Array =>
            Float32Array.from({ length: places.length * headSize }, (_, index) => {
              const place = places[Math.floor(index / headSize)] as number;
              return place < 0
                ? [3, Number.NaN, -1e38, Infinity][index % 4]!
                : from[place * headSize + (index % headSize)]!;
            });
          const bias = Float32Array.from(places, (place) => (place < 0 ? HIDDEN_BIAS : 0));
          return {
            ...{ keys: arena.put(slotsOf(keys)), values: arena.put(slotsOf(values)), slots: places.length },
            ...{ slotStride: headSize, headStride: 0, positionStride: 0 },
            ...{ bias: arena.put(bias), biasStride: 0, biasMemberStride: 0 },
          };
        };
        const text = Array.from({ length: seen }, (_, index) => index);
        const next = randomNumbers(seed + 3);
        const tree = [...text];
        for (const slots of hidden)
          tree.splice(Math.floor(next() * (tree.length + 1)), 0, ...new Array(slots).fill(-1));
        const cut = 1 + Math.floor(next() * (tree.length - 1));

        const alone = attend(sizes, query, 1, [sourceOf(text)]);
        const many = Float32Array.from({ length: rows * width }, (_, index) =>
          index < (rows - 1) * width ? Math.sin(index) : query[index - (rows - 1) * width]!,
        );
        const among = attend(sizes, many, 1, [sourceOf(tree.slice(0, cut)), sourceOf(tree.slice(cut))], cutsAt);
        expect(among.subarray((rows - 1) * width)).toEqual(alone);
      }),
      { numRuns: 200 },
    );
  });

  it("gives rows of several sequences in one cache what each has alone, and zeros to one that sees nothing", () => {
    const sizes: Heads = { kvHeads: 1, group: 3, headSize: 16 };
    const [sequences, length, width] = [3, 37, 48];
    arena.reset();
    const slots = (sequences + 1) * length;
    const [keys, values] = [randomFloats(1, slots * 16), randomFloats(2, slots * 16)];
    const query = randomFloats(3, (sequences + 1) * width);
    const sourceOf = (bias: Float32Array): KeySource => ({
      ...{ keys: arena.put(keys), values: arena.put(values), slots, slotStride: 16, headStride: 0, positionStride: 0 },
      ...{ bias: arena.put(bias), biasStride: slots, biasMemberStride: 0 },
    });
    // The last stretch of slots is nobody's, and the last row sees nothing.
    const biasOf = (sequence: number): number[] =>
      Array.from({ length: slots }, (_, slot) =>
        sequence < sequences && Math.floor(slot / length) === sequence ? 0 : HIDDEN_BIAS,
      );
    const biases = Array.from({ length: sequences + 1 }, (_, sequence) => biasOf(sequence));
    const together = attend(sizes, query, 1, [sourceOf(Float32Array.from(biases.flat()))]);
    biases.forEach((bias, row) => {
      const alone = attend(sizes, query.slice(row * width, (row + 1) * width), 1, [sourceOf(Float32Array.from(bias))]);
      expect(together.subarray(row * width, (row + 1) * width)).toEqual(alone);
      expect(alone.some((number) => number !== 0)).toBe(row < sequences);
    });
  });
});
