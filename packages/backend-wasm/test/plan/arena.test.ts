import fc from "fast-check";
import { expect, it } from "vitest";
import { Arena, type Place } from "../../src/plan/arena.js";

type Step = { readonly take: number } | { readonly append: number } | { readonly give: number };

const bytes = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20_000 }));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ take: bytes }) },
    { weight: 1, arbitrary: fc.record({ append: bytes }) },
    { weight: 3, arbitrary: fc.record({ give: fc.nat() }) },
  ),
  { maxLength: 60 },
);

const overlap = (a: Place, b: Place): boolean => a.address < b.address + b.bytes && b.address < a.address + a.bytes;

it("gives values places that do not overlap, each on lines of its own, and appended places to nobody else", () => {
  fc.assert(
    fc.property(steps, fc.nat(1000), (taken, lines) => {
      const base = 64 * lines;
      const arena = new Arena(base);
      const living: Place[] = [];
      const appended: Place[] = [];
      const everTaken: Place[] = [];
      for (const step of taken) {
        if ("give" in step) {
          if (living.length > 0) arena.give(living.splice(step.give % living.length, 1)[0] as Place);
          continue;
        }
        const wanted = "take" in step ? step.take : step.append;
        const place = "take" in step ? arena.take(wanted) : arena.append(wanted);
        expect(place.bytes).toBeGreaterThanOrEqual(wanted);
        expect([place.address % 64, place.bytes % 64]).toEqual([0, 0]);
        expect(place.address).toBeGreaterThanOrEqual(base);
        expect(place.address + place.bytes).toBeLessThanOrEqual(base + arena.size);
        const forbidden = "take" in step ? [...living, ...appended] : [...everTaken, ...appended];
        expect(forbidden.filter((other) => overlap(place, other))).toEqual([]);
        if ("take" in step) {
          living.push(place);
          everTaken.push(place);
        } else appended.push(place);
      }
      // Places that were given back are one again, in whatever order they came.
      for (const place of living) arena.give(place);
      if (appended.length > 0 || arena.size === 0) return;
      const before = arena.size;
      expect(arena.take(before)).toEqual({ address: base, bytes: before });
      expect(arena.size).toBe(before);
    }),
  );
});
