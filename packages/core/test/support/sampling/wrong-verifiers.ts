import {
  type Verification,
  type Verifier,
  verifyByRejection,
  verifyCoupled,
  verifyTypicalLossy,
} from "../../../src/index.js";
import { childrenOf, followTree } from "../../../src/verification/verifier.js";
import { drawn, dropping, topTokens } from "./toy-drafters.js";
import type { ToyDrafter } from "./toy-language.js";

/** Verifiers with a mistake that is easily made, each with a drafter that shows it. */
export const wrongVerifiers: readonly [mistake: string, Verifier, ToyDrafter][] = [
  ["leaves a refused token in the residual", keepsRefused, topTokens([2])],
  ["accepts with untempered probabilities", acceptsUntempered, topTokens([2])],
  ["tries siblings in the unchanged distribution", triesUnchanged, topTokens([3])],
  ["takes drawn nodes for point masses that were refused", forgetsDraws, drawn([2, 1])],
  ["uses the same noise at every position", withOneNoise, topTokens([1, 1])],
  ["passes over siblings that were dropped, and draws from what is left", passesOverDropped, dropping(drawn([2]))],
  ["accepts what is typical", verifyTypicalLossy(), topTokens([2, 1])],
];

/** Walks as rejection sampling does, with p after a refusal, and the odds of acceptance, from elsewhere. */
function rejecting(
  refuse: (p: Float64Array, token: number) => void,
  odds: (p: Float64Array, token: number) => number = (p, token) => (p[token] as number) / sum(p),
): Verifier {
  return (given) =>
    followTree(given, (path, children, position) => {
      const p = given.target(path);
      for (const [index, node] of children.entries()) {
        const token = given.draft.tokens[node] as number;
        if (given.noise.uniform(position, index) < odds(p, token)) return token;
        refuse(p, token);
      }
      return given.noise.draw(p, position);
    });
}

const drop = (p: Float64Array, token: number): void => {
  p[token] = 0;
};

function keepsRefused(given: Verification) {
  return rejecting(() => undefined)(given);
}

/** The target is tempered by 0.7. */
function acceptsUntempered(given: Verification) {
  return rejecting(drop, (p, token) => {
    const flat = p.map((value) => value ** 0.7);
    return (flat[token] as number) / sum(flat);
  })(given);
}

function triesUnchanged(given: Verification) {
  return rejecting(drop, (p, token) => p[token] as number)(given);
}

/** Odds min(1, p / q) as for drawn nodes, but the residual of point masses. */
function forgetsDraws(given: Verification) {
  const q = 0.5;
  return rejecting(drop, (p, token) => (p[token] as number) / sum(p) / q)(given);
}

function withOneNoise(given: Verification) {
  return verifyCoupled({ ...given, position: 0, noise: atOnePosition(given) });
}

function atOnePosition({ noise }: Verification): Verification["noise"] {
  return {
    draw: (weights, _) => noise.draw(weights, 0),
    uniform: (_, n) => noise.uniform(0, n),
  } as Verification["noise"];
}

/** As if the drafter had never drawn them. */
function passesOverDropped(given: Verification) {
  const left = childrenOf(given.draft, 0).filter((node) => given.survived(node + 1));
  const draft = {
    ...given.draft,
    tokens: left.map((node) => given.draft.tokens[node] as number),
    parents: left.map(() => -1),
  };
  return verifyByRejection({ ...given, draft, survived: () => true });
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
