import { describe, expect, it } from "vitest";
import {
  type SamplingOptions,
  seededRandom,
  type Verifier,
  verifyByRejection,
  verifyCoupled,
} from "../../src/index.js";
import { goodnessOfFit } from "../support/sampling/chi-squared.js";
import { drawn, dropping, topTokens, withTwins } from "../support/sampling/toy-drafters.js";
import { countDraws, jointDistribution, type ToyDrafter } from "../support/sampling/toy-language.js";
import { wrongVerifiers } from "../support/sampling/wrong-verifiers.js";

const draws = 200_000;
/** A test takes a second; on a busy machine it may wait long for its turn. */
const timeout = 5 * 60_000;
/** Tokens whose joint distribution is tested: drafts are shallower and deeper, so that a text takes several. */
const length = 3;

const tempered: SamplingOptions = { temperature: 0.7 };

function fit(verifier: Verifier, drafter: ToyDrafter, options: SamplingOptions = tempered) {
  const counts = countDraws({ verifier, drafter, options, draws, length, random: seededRandom(draws) });
  return goodnessOfFit(counts, jointDistribution(options, length));
}

const trees: readonly [string, ToyDrafter][] = [
  ["no draft", topTokens([])],
  ["chain", topTokens([1, 1])],
  ["deep", topTokens([1, 1, 1, 1, 1])],
  ["wide", topTokens([4])],
  ["of all tokens", topTokens([5])],
  ["mixed", topTokens([3, 2, 1])],
  ["with duplicated siblings", withTwins([2, 1])],
  ["with dropped rows", dropping(topTokens([3, 2]))],
];

const drawnTrees: readonly [string, ToyDrafter][] = [
  ["chain", drawn([1, 1, 1])],
  ["wide", drawn([4])],
  ["mixed", drawn([2, 2])],
  ["with dropped rows", dropping(drawn([3, 1]))],
];

describe(`the first ${length} tokens of ${draws} draws have their exact joint distribution`, { timeout }, () => {
  it.each(trees)("coupled, top-k tree: %s", (_, drafter) => {
    const { statistic, limit } = fit(verifyCoupled, drafter);
    expect(statistic).toBeLessThan(limit);
  });

  it.each(trees)("by rejection, top-k tree: %s", (_, drafter) => {
    const { statistic, limit } = fit(verifyByRejection, drafter);
    expect(statistic).toBeLessThan(limit);
  });

  it.each(drawnTrees)("by rejection, drawn tree: %s", (_, drafter) => {
    const { statistic, limit } = fit(verifyByRejection, drafter);
    expect(statistic).toBeLessThan(limit);
  });

  it("coupled, drawn tree", () => {
    const { statistic, limit } = fit(verifyCoupled, drawn([2, 1]));
    expect(statistic).toBeLessThan(limit);
  });

  it.each([
    ["coupled", verifyCoupled],
    ["by rejection", verifyByRejection],
  ])("%s, with a penalty that knows the tree, a bias and cuts", (_, verifier) => {
    const options = { temperature: 1.3, topK: 4, topP: 0.9, minP: 0.02, repetitionPenalty: 1.8, logitBias: { 2: 0.5 } };
    const { statistic, limit } = fit(verifier, topTokens([2, 2, 1]), options);
    expect(statistic).toBeLessThan(limit);
  });
});

describe("the same test finds verifiers that are wrong", { timeout }, () => {
  it.each(wrongVerifiers)("which %s", (_, verifier, drafter) => {
    const { statistic, limit } = fit(verifier, drafter);
    expect(statistic).toBeGreaterThan(2 * limit);
  });
});
