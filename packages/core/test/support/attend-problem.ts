import fc from "fast-check";
import { type AttendAttributes, HIDDEN_BIAS, type KeyLayout, type OwnKeys, type Tensor } from "../../src/index.js";
import { Random, real } from "./tensors.js";

/** Inputs of an attend node, small and random. */
export interface AttendProblem {
  readonly inputs: readonly Tensor[];
  readonly attributes: AttendAttributes;
}

interface Sizes {
  readonly seed: number;
  readonly batch: number;
  readonly positions: number;
  readonly gamma: number;
  readonly own: OwnKeys;
  readonly slots: readonly number[];
  readonly layout: KeyLayout;
}

const membersOf = ({ own, gamma }: Sizes): number => (own === "main-and-streams" ? 1 + gamma : gamma);

/** 4 query heads over 2 kv heads of size 2; every row sees slot 0 of the first source. */
function problem(sizes: Sizes): AttendProblem {
  const { batch, positions, gamma, own, slots, layout } = sizes;
  const random = new Random(sizes.seed);
  const [heads, kvHeads, headSize, members] = [4, 2, 2, membersOf(sizes)];
  const inputs = [random.real(batch, positions * members, heads * headSize)];
  const keys = (count: number): Tensor =>
    layout === "heads" ? random.real(kvHeads, count, headSize) : random.real(batch, count, kvHeads * headSize);
  slots.forEach((count, source) => {
    const bias = random.real(batch, positions, count).data;
    const hidden = Array.from(bias, (value, i) => {
      const seenAnyway = source === 0 && i % count === 0;
      return !seenAnyway && random.next() < 0.3 ? HIDDEN_BIAS : value;
    });
    inputs.push(keys(count), keys(count), real([batch, positions, count], hidden));
  });
  if (own !== "none") {
    const shape = [batch, positions * gamma, kvHeads * headSize] as const;
    inputs.push(random.real(...shape), random.real(...shape));
  }
  const ownLength = own === "none" ? 0 : gamma;
  const sources = slots.map(() => layout);
  return { inputs, attributes: { heads, kvHeads, headSize, members, own, ownLength, sources } };
}

/** @param layout of every source; "heads" comes with a batch of 1 */
export function attendProblems(layout: KeyLayout, owns: readonly OwnKeys[]): fc.Arbitrary<AttendProblem> {
  return fc
    .record({
      seed: fc.integer(),
      batch: layout === "heads" ? fc.constant(1) : fc.integer({ min: 1, max: 2 }),
      positions: fc.integer({ min: 1, max: 3 }),
      gamma: fc.integer({ min: 1, max: 3 }),
      own: fc.constantFrom(...owns),
      slots: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
      layout: fc.constant(layout),
    })
    .map(problem);
}
