import { expect, it } from "vitest";
import { countFirstGuesses } from "./count-first-guesses.js";

it("counts by token, mixed with the usual share, where a token was there often enough", () => {
  const guesses = (token: number, seen: number, right: number) =>
    Array.from({ length: seen }, (_, index) => ({ token, right: index < right }));
  const all = [...guesses(7, 96, 96), ...guesses(3, 96, 0), ...guesses(5, 7, 7)];
  const { usual, tokens, right } = countFirstGuesses(all);
  expect(usual).toBeCloseTo(103 / 199, 2);
  expect(tokens).toEqual([3, 7]);
  expect(right[0]).toBeCloseTo((4 * usual) / 100, 2);
  expect(right[1]).toBeCloseTo((96 + 4 * usual) / 100, 2);
});
