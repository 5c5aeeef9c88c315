import { describe, expect, it } from "vitest";
import { Noise } from "../../src/index.js";
import { goodnessOfFit } from "../support/sampling/chi-squared.js";

const weights = Float64Array.of(0.4, 0, 0.05, 0.3, 0.25);

/** Counts pairs of draws, and compares with independence. */
function pairFit(draw: (index: number) => readonly [number, number]) {
  const counts = new Float64Array(25);
  for (let index = 0; index < 200_000; index++) {
    const [a, b] = draw(index);
    counts[5 * a + b] = (counts[5 * a + b] as number) + 1;
  }
  return goodnessOfFit(
    counts,
    Float64Array.from(counts, (_, cell) => (weights[Math.floor(cell / 5)] as number) * (weights[cell % 5] as number)),
  );
}

describe("Noise", () => {
  it.each<[string, (index: number) => readonly [number, number]]>([
    ["neighbouring positions of one seed", (n) => [at(7, 2 * n), at(7, 2 * n + 1)]],
    ["neighbouring seeds at one position", (n) => [at(2 * n, 3), at(2 * n + 1, 3)]],
    ["seeds that differ beyond 32 bits", (n) => [at(n, 3), at(n + 2 ** 32, 3)]],
    ["a seed and a position the other way round", (n) => [at(n, n + 1), at(n + 1, n)]],
  ])("draws with the weights' probabilities, independently: %s", (_, draw) => {
    const { statistic, limit } = pairFit(draw);
    expect(statistic).toBeLessThan(limit);
  });

  it("draws apart from its uniform numbers, which are evenly spread from try to try", () => {
    const counts = new Float64Array(4 * 4 * 4);
    for (let seed = 0; seed < 200_000; seed++) {
      const noise = new Noise(seed);
      const cell = (value: number) => Math.floor(4 * value);
      const drawn = noise.draw(Float64Array.of(1, 1, 1, 1), 5);
      const at = 16 * drawn + 4 * cell(noise.uniform(5, 0)) + cell(noise.uniform(5, 1));
      counts[at] = (counts[at] as number) + 1;
    }
    const { statistic, limit } = goodnessOfFit(counts, new Float64Array(64).fill(1 / 64));
    expect(statistic).toBeLessThan(limit);
  });

  it("draws evenly from many tokens, and in the right share from a rare many", () => {
    const size = 50_000;
    // The upper half of the vocabulary has a millionth of a token's weight each: 2.4% of all.
    const rare = Float64Array.from({ length: size }, (_, token) => (token === 0 ? 1 : token < size / 2 ? 0 : 1e-6));
    const noise = new Noise(11);
    const counts = new Float64Array(1 + 16);
    for (let position = 0; position < 20_000; position++) {
      const token = noise.draw(rare, position);
      const cell = token === 0 ? 0 : 1 + Math.floor((16 * (token - size / 2)) / (size / 2));
      counts[cell] = (counts[cell] as number) + 1;
    }
    const rest = (size / 2) * 1e-6;
    const expected = Float64Array.from(counts, (_, cell) => (cell === 0 ? 1 : rest / 16) / (1 + rest));
    const { statistic, limit } = goodnessOfFit(counts, expected);
    expect(statistic).toBeLessThan(limit);
  });

  it("draws the same whatever the weights' scale, and mostly the same for weights that differ a little", () => {
    const noise = new Noise(5);
    const near = weights.map((weight, token) => weight * (token % 2 === 0 ? 1.01 : 0.99));
    let differing = 0;
    for (let position = 0; position < 10_000; position++) {
      const token = noise.draw(weights, position);
      expect(
        noise.draw(
          weights.map((weight) => 8 * weight),
          position,
        ),
      ).toBe(token);
      if (noise.draw(near, position) !== token) differing++;
    }
    // At most twice the distance of the distributions, half a per cent.
    expect(differing).toBeLessThan(130);
  });
});

const at = (seed: number, position: number): number => new Noise(seed).draw(weights, position);
