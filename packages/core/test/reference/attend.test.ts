import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttendAttributes, HIDDEN_BIAS, type Tensor } from "../../src/index.js";
import { applied, apply } from "../support/apply.js";
import { attendProblems } from "../support/attend-problem.js";
import { expectClose } from "../support/close.js";
import { real } from "../support/tensors.js";

const one: AttendAttributes = {
  heads: 1,
  kvHeads: 1,
  headSize: 4,
  members: 1,
  own: "none",
  ownLength: 0,
  sources: ["rows"],
};

/** [batch, kvHeads * headSize] features cut in heads, for a batch of 1: [kvHeads, slots, headSize]. */
function asHeads(keys: Tensor, kvHeads: number): Tensor {
  const [, slots, width] = keys.shape as [number, number, number];
  const headSize = width / kvHeads;
  const data = Array.from({ length: kvHeads }, (_, head) =>
    Array.from({ length: slots }, (_, slot) =>
      Array.from(keys.data.subarray(slot * width + head * headSize, slot * width + (head + 1) * headSize)),
    ),
  );
  return real([kvHeads, slots, headSize], data.flat(2));
}

/** The bias under which a dense source of streams' keys is seen as own keys are, each member being a position. */
function blockBias({ own, ownLength, members }: AttendAttributes, batch: number, positions: number): Tensor {
  const values: number[] = [];
  for (let query = 0; query < batch * positions * members; query++) {
    const [position, member] = [Math.floor(query / members) % positions, query % members];
    for (let key = 0; key < positions * ownLength; key++) {
      const stream = (key % ownLength) + 1;
      const ownRow = own === "main-and-streams" ? member : member + 1;
      const seen = Math.floor(key / ownLength) === position && (ownRow === 0 || stream <= ownRow);
      values.push(seen ? 0 : HIDDEN_BIAS);
    }
  }
  return real([batch, positions * members, positions * ownLength], values);
}

/** Every position's bias once for each of its members. */
function spread(bias: Tensor, members: number): Tensor {
  const [batch, positions, slots] = bias.shape as [number, number, number];
  const rows = Array.from({ length: batch * positions }, (_, row) =>
    bias.data.subarray(row * slots, (row + 1) * slots),
  );
  return real(
    [batch, positions * members, slots],
    rows.flatMap((row) => Array.from({ length: members }, () => [...row])).flat(),
  );
}

describe("attend", () => {
  it("weighs values by the softmax of scaled scores and bias", async () => {
    const q = real([1, 1, 4], [2, 0, 0, 0]);
    const keys = real([1, 2, 4], [Math.log(3), 0, 0, 0, 0, 0, 0, 0]);
    const values = real([1, 2, 4], [4, 0, 0, 0, 0, 8, 0, 0]);
    const [out, probabilities] = await apply("attend", [q, keys, values, real([1, 1, 2], [0, 0])], one);
    expectClose(out?.data ?? [], [3, 2, 0, 0]);
    expectClose(probabilities?.data ?? [], [0.75, 0.25]);
    const biased = await applied("attend", [q, keys, values, real([1, 1, 2], [0, Math.log(3)])], one);
    expectClose(biased, [2, 4, 0, 0]);
  });

  it("returns the value of the only slot that is not hidden", async () => {
    const q = real([1, 1, 4], [1, -1, 2, 0]);
    const keys = real([1, 3, 4], [9, 9, 9, 9, 1, 2, 3, 4, -9, 9, -9, 9]);
    const values = real([1, 3, 4], [1, 1, 1, 1, 2, 3, 5, 7, 4, 4, 4, 4]);
    const bias = real([1, 1, 3], [HIDDEN_BIAS, 0, HIDDEN_BIAS]);
    expect(await applied("attend", [q, keys, values, bias], one)).toEqual([2, 3, 5, 7]);
  });

  it("stays finite where everything is hidden", async () => {
    const [q, keys] = [real([1, 1, 4], [1, 2, 3, 4]), real([1, 1, 4], [1, 2, 3, 4])];
    expect(await applied("attend", [q, keys, keys, real([1, 1, 1], [HIDDEN_BIAS])], one)).toEqual([1, 2, 3, 4]);
  });

  it("shares a kv head among neighbouring query heads", async () => {
    const attributes: AttendAttributes = { ...one, heads: 4, kvHeads: 2, headSize: 1 };
    const q = real([1, 1, 4], [1, 2, 3, 4]);
    const out = await applied(
      "attend",
      [q, real([1, 1, 2], [1, 1]), real([1, 1, 2], [5, 6]), real([1, 1, 1], [0])],
      attributes,
    );
    expect(out).toEqual([5, 5, 6, 6]);
  });

  it("reads keys that lie as heads like keys that lie as rows", async () => {
    const problems = attendProblems("rows", ["none", "streams", "main-and-streams"]);
    await fc.assert(
      fc.asyncProperty(problems, async ({ inputs, attributes }) => {
        fc.pre(inputs[0]?.shape[0] === 1);
        const turned = inputs.map((input, index) => {
          const isKeysOrValues = index > 0 && index <= 3 * attributes.sources.length && index % 3 !== 0;
          return isKeysOrValues ? asHeads(input, attributes.kvHeads) : input;
        });
        const asRows = await apply("attend", inputs, attributes);
        const sources = attributes.sources.map(() => "heads" as const);
        const fromHeads = await apply("attend", turned, { ...attributes, sources });
        expect(fromHeads).toEqual(asRows);
      }),
      { numRuns: 30 },
    );
  });

  it("sees own keys as a source whose bias hides what is not theirs", async () => {
    await fc.assert(
      fc.asyncProperty(attendProblems("rows", ["streams", "main-and-streams"]), async ({ inputs, attributes }) => {
        const { members, sources } = attributes;
        const [batch, rows] = (inputs[0] as Tensor).shape as [number, number];
        const dense = inputs.map((input, index) => (index > 0 && index % 3 === 0 ? spread(input, members) : input));
        dense.splice(1 + 3 * sources.length, 2, ...inputs.slice(-2), blockBias(attributes, batch, rows / members));
        const own = await applied("attend", inputs, attributes);
        const masked = await applied("attend", dense, {
          ...attributes,
          members: 1,
          own: "none",
          ownLength: 0,
          sources: [...sources, "rows"],
        });
        expectClose(masked, own);
      }),
      { numRuns: 30 },
    );
  });
});
