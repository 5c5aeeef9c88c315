import { expect, it } from "vitest";
import { countFirstGuesses } from "./count-first-guesses.js";

const guesses = (token: number, seen: number, right: number, chain = 1, of = 3) =>
  Array.from({ length: seen }, (_, index) => ({ token, right: index < right ? chain : 0, of }));

it("counts by token, mixed with the usual share, where a token was there often enough", () => {
  const all = [...guesses(7, 96, 96), ...guesses(3, 96, 0), ...guesses(5, 7, 7)];
  const { usual, tokens, right } = countFirstGuesses(all);
  expect(usual).toBeCloseTo(103 / 199, 2);
  expect(tokens).toEqual([3, 7]);
  expect(right[0]).toBeCloseTo((4 * usual) / 100, 2);
  expect(right[1]).toBeCloseTo((96 + 4 * usual) / 100, 2);
});

it("counts further streams where those before them were right, and have a token to be right about", () => {
  const all = [
    ...guesses(1, 30, 30, 3),
    ...guesses(2, 10, 10, 2),
    ...guesses(3, 40, 40, 1),
    ...guesses(4, 20, 0),
    ...guesses(5, 50, 50, 1, 1), // before an answer's last token
  ];
  const { usual, further } = countFirstGuesses(all);
  expect(usual).toBeCloseTo(130 / 150, 2);
  expect(further).toEqual([40 / 80, 30 / 40]);
});
