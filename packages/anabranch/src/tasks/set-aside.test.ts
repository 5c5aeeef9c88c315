import fc from "fast-check";
import { expect, it } from "vitest";
import { setAside, shuffled } from "./set-aside.js";

it("shuffled keeps every example, and its order is the seed's", () => {
  const many = fc.uniqueArray(fc.integer(), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(many, fc.nat(), (examples, seed) => {
      const order = shuffled(examples, seed);
      expect([...order].sort()).toEqual([...examples].sort());
      expect(shuffled(examples, seed)).toEqual(order);
      expect(order).not.toEqual(examples);
      expect(shuffled(examples, seed + 1)).not.toEqual(order);
    }),
  );
});

it("setAside takes the first of that order, and gives each example to one side", () => {
  const examples = Array.from({ length: 30 }, (_, index) => index);
  const { examples: kept, heldOut } = setAside(examples, 7, 3);
  expect(heldOut).toEqual(shuffled(examples, 3).slice(0, 7));
  expect([...kept, ...heldOut].sort()).toEqual([...examples].sort());
});
