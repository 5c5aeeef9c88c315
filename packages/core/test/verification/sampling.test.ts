import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DraftTree,
  Noise,
  type Verification,
  type Verifier,
  verifyByRejection,
  verifyCoupled,
  verifyGreedy,
  verifyTypicalLossy,
} from "../../src/index.js";

const VOCABULARY = 4;

const distribution = fc
  .array(fc.nat(5), { minLength: VOCABULARY, maxLength: VOCABULARY })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Float64Array.from(weights, (weight) => weight / total);
  });

/** Trees of any shape over few tokens, so that siblings share tokens; some rows dropped, with what is below them. */
const cases = fc
  .array(fc.record({ token: fc.nat(VOCABULARY - 1), parent: fc.nat(), dropped: fc.nat(5) }), { maxLength: 16 })
  .chain((nodes) => {
    const parents = nodes.map(({ parent }, node) => (parent % (node + 1)) - 1);
    const dropped = new Set<number>();
    nodes.forEach((node, index) => {
      if (node.dropped === 0 || dropped.has(parents[index] as number)) dropped.add(index);
    });
    return fc.record({
      draft: fc.constant<DraftTree>({ tokens: nodes.map(({ token }) => token), parents, logProbs: nodes.map(() => 0) }),
      dropped: fc.constant(dropped),
      rows: fc.array(distribution, { minLength: nodes.length + 1, maxLength: nodes.length + 1 }),
      seed: fc.nat(),
      position: fc.nat(1000),
    });
  });

type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never;

const given = ({ draft, dropped, rows, seed, position }: Case): Verification => ({
  draft,
  survived: (row) => !dropped.has(row - 1),
  target: (path) => (rows[path.at(-1) as number] as Float64Array).slice(),
  noise: new Noise(seed),
  position,
});

function expectVerdict(verifier: Verifier, one: Case): { path: readonly number[]; bonus: number } {
  const { draft, dropped, rows } = one;
  const { path, bonus } = verifier(given(one));
  expect(path[0]).toBe(0);
  path.slice(1).forEach((row, index) => {
    expect(draft.parents[row - 1]).toBe((path[index] as number) - 1);
    expect(dropped.has(row - 1)).toBe(false);
    // No token without probability is ever accepted, and none is the bonus token.
    expect(rows[path[index] as number]?.[draft.tokens[row - 1] as number]).toBeGreaterThan(0);
  });
  expect(rows[path.at(-1) as number]?.[bonus]).toBeGreaterThan(0);
  return { path, bonus };
}

describe("verifyCoupled", () => {
  it("issues what drawing token after token with the positions' noise does, and follows the tree to its end", () => {
    let accepted = 0;
    fc.assert(
      fc.property(cases, (one) => {
        const { draft, dropped, rows, seed, position } = one;
        const { path, bonus } = expectVerdict(verifyCoupled, one);
        const noise = new Noise(seed);
        path.forEach((row, depth) => {
          const token = noise.draw(rows[row] as Float64Array, position + depth);
          const next = path[depth + 1];
          expect(next === undefined ? bonus : draft.tokens[next - 1]).toBe(token);
        });
        const last = (path.at(-1) as number) - 1;
        const goesOn = draft.parents.some(
          (parent, node) => parent === last && draft.tokens[node] === bonus && !dropped.has(node),
        );
        expect(goesOn).toBe(false);
        accepted += path.length - 1;
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

describe("verifyByRejection", () => {
  it("accepts paths of tokens that have a probability, on any tree", () => {
    fc.assert(
      fc.property(cases, (one) => void expectVerdict(verifyByRejection, one)),
      { numRuns: 500 },
    );
  });

  it("accepts all of a draft that was drawn from the target itself", () => {
    fc.assert(
      fc.property(fc.array(distribution, { minLength: 2, maxLength: 6 }), fc.nat(), (rows, seed) => {
        const noise = new Noise(seed);
        const tokens = rows.slice(1).map((_, row) => noise.draw(rows[row] as Float64Array, row));
        const draft: DraftTree = {
          tokens,
          parents: tokens.map((_, node) => node - 1),
          logProbs: tokens.map(() => 0),
          drawnFrom: new Map(tokens.map((_, node) => [node - 1, rows[node] as Float64Array])),
        };
        const one = { draft, dropped: new Set<number>(), rows, seed: seed + 1, position: 0 };
        expect(verifyByRejection(given(one)).path).toEqual([0, ...tokens.map((_, node) => node + 1)]);
      }),
    );
  });
});

describe("all verifiers", () => {
  it.each<[string, Verifier]>([
    ["verifyCoupled", verifyCoupled],
    ["verifyByRejection", verifyByRejection],
    ["verifyTypicalLossy", verifyTypicalLossy()],
  ])("are greedy where each distribution is one token: %s", (_, verifier) => {
    fc.assert(
      fc.property(cases, fc.array(fc.nat(VOCABULARY - 1), { minLength: 17, maxLength: 17 }), (one, best) => {
        const rows = best.map((token) => Float64Array.from({ length: VOCABULARY }, (_, at) => (at === token ? 1 : 0)));
        const argmax = best.map((token, row) => (one.dropped.has(row - 1) ? undefined : token));
        const { path, bonus } = verifier(given({ ...one, rows }));
        const greedy = verifyGreedy(one.draft, argmax);
        // Of siblings with one token, typical acceptance takes the one with more below it.
        if (verifier === verifyCoupled || verifier === verifyByRejection) expect(path).toEqual(greedy.path);
        else expect(path.length).toBeGreaterThanOrEqual(greedy.path.length);
        expect(bonus).toBe(best[path.at(-1) as number]);
      }),
      { numRuns: 500 },
    );
  });
});

describe("verifyTypicalLossy", () => {
  it("accepts the longest path of tokens above the threshold, of which the most probable one", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { draft, dropped, rows } = one;
        const { path } = expectVerdict(verifyTypicalLossy({ epsilon: 0.3, delta: 0.6 }), one);
        const paths = allPaths(draft).filter((nodes) =>
          nodes.every(
            (node) => !dropped.has(node) && isTypical(rows[(draft.parents[node] as number) + 1], draft, node),
          ),
        );
        const logProb = (nodes: readonly number[]): number =>
          nodes.reduce((sum, node) => {
            const row = rows[(draft.parents[node] as number) + 1] as Float64Array;
            return sum + Math.log(row[draft.tokens[node] as number] as number);
          }, 0);
        const length = Math.max(...paths.map((nodes) => nodes.length));
        const most = Math.max(...paths.filter((nodes) => nodes.length === length).map(logProb));
        expect(path.length - 1).toBe(length);
        expect(logProb(path.slice(1).map((row) => row - 1))).toBeCloseTo(most, 10);
      }),
      { numRuns: 500 },
    );
  });

  it("asks less of a token where the distribution is flat", () => {
    const accepts = (...probabilities: number[]): boolean => {
      const row = Float64Array.from(probabilities);
      const draft = { tokens: [0], parents: [-1], logProbs: [0] };
      const one = { draft, dropped: new Set<number>(), rows: [row, row], seed: 1, position: 0 };
      return verifyTypicalLossy()(given(one)).path.length === 2;
    };
    expect(accepts(0.08, 0.92)).toBe(false);
    expect(accepts(0.08, ...new Array(23).fill(0.04))).toBe(true);
    expect(accepts(0.1, 0.9)).toBe(true);
  });
});

function isTypical(row: Float64Array | undefined, { tokens }: DraftTree, node: number): boolean {
  const p = [...(row as Float64Array)];
  const entropy = p.reduce((sum, value) => sum - (value > 0 ? value * Math.log(value) : 0), 0);
  return (p[tokens[node] as number] as number) > Math.min(0.3, 0.6 * Math.exp(-entropy));
}

/** Paths of nodes from the root's children down, the empty one first. */
function allPaths({ tokens, parents }: DraftTree): number[][] {
  const paths = new Map<number, number[]>([[-1, []]]);
  for (const node of tokens.keys()) paths.set(node, [...(paths.get(parents[node] as number) as number[]), node]);
  return [...paths.values()];
}
