import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameList, numberList } from "./number-list.js";

describe("numberList", () => {
  it.each([
    ["3", [3]],
    ["1..4", [1, 2, 3, 4]],
    ["8,1..3,2", [1, 2, 3, 8]],
    ["5..5", [5]],
  ])("reads %s", (text, expected) => {
    expect(numberList(1, 8)(text)).toEqual(expected);
  });

  it("gives ascending numbers within bounds, or says what is wrong, whatever the text", () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom("1", "9", "0", ",", ".", "..", "-")).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, (given) => {
        let found: number[];
        try {
          found = numberList(1, 9)(given);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
          return;
        }
        expect(found.length).toBeGreaterThan(0);
        found.forEach((number, index) => {
          expect(number).toBeGreaterThan(index === 0 ? 0 : (found[index - 1] as number));
          expect(number).toBeLessThanOrEqual(9);
        });
      }),
    );
  });

  it.each(["", "4..1", "1..2..3", "0", "9", "1.5", "a", "1,,2"])("refuses %j", (text) => {
    expect(() => numberList(1, 8)(text)).toThrow(InvalidArgumentError);
  });
});

it("nameList keeps its own order and refuses other names", () => {
  expect(nameList(["parallel", "deferred"])("deferred,parallel")).toEqual(["parallel", "deferred"]);
  expect(() => nameList(["parallel", "deferred"])("parallel,auto")).toThrow(InvalidArgumentError);
});
