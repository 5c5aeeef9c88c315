import { type DraftLimit, type DraftTree, draftDepths, jointLogProbs, ROOT } from "@anabranch/core";
import { expectThat } from "../conformance-failure.js";
import { expectClose, isClose, scaleOf } from "./closeness.js";

/** The reference's limit under which every token that could stand in a draft of `limit` stands, with near-ties. */
export function widened({ topK, ...limit }: DraftLimit): DraftLimit {
  return { ...limit, nodes: 20_000, topK: topK + 3 };
}

/**
 * Holds a draft against the reference's of the same limit: it may differ only in the choice between nodes whose joint
 * probabilities are equal up to rounding.
 * @param wide the reference's draft under `widened(limit)`
 * @throws ConformanceFailure
 */
export function expectSameDraft(
  ours: DraftTree,
  truth: DraftTree,
  wide: DraftTree,
  limit: DraftLimit,
  tolerance: number,
): void {
  expectWithinLimit(ours, limit);
  const margin = tolerance * scaleOf(wide.logProbs);
  const siblings = siblingTables(wide);
  const places = placesOf(ours);
  ours.tokens.forEach((token, node) => {
    const expected = siblings.get(places[node] as string)?.get(token);
    expectThat(
      expected !== undefined && isClose(ours.logProbs[node] as number, expected, margin),
      () =>
        `draft node ${node} (${places[node]}, token ${token}) has log-probability ${ours.logProbs[node]}, ` +
        `the reference ${expected ?? "does not have it among the best"}`,
    );
  });
  const sorted = (draft: DraftTree): number[] => [...jointLogProbs(draft)].sort((a, b) => b - a);
  const deepest = draftDepths(truth).reduce((a, b) => Math.max(a, b), 1);
  expectClose("joint log-probabilities of the draft", sorted(ours), sorted(truth), tolerance * deepest);
}

/** What holds for every draft, whatever its probabilities. @throws ConformanceFailure */
function expectWithinLimit(draft: DraftTree, limit: DraftLimit): void {
  const { tokens, parents, logProbs } = draft;
  expectThat(
    parents.length === tokens.length && logProbs.length === tokens.length,
    () => `a draft's lists differ in length: ${tokens.length}, ${parents.length}, ${logProbs.length}`,
  );
  expectThat(tokens.length <= limit.nodes, () => `a draft has ${tokens.length} nodes, ${limit.nodes} were allowed`);
  const children = new Map<number, Set<number>>();
  parents.forEach((parent, node) => {
    expectThat(
      Number.isInteger(parent) && parent >= ROOT && parent < node,
      () => `draft node ${node} has the parent ${parent}, which does not precede it`,
    );
    const siblings = children.get(parent) ?? new Set();
    const token = tokens[node] as number;
    expectThat(!siblings.has(token), () => `token ${token} stands twice under draft node ${parent}`);
    children.set(parent, siblings.add(token));
    expectThat(siblings.size <= limit.topK, () => `draft node ${parent} has more than ${limit.topK} children`);
  });
  const deepest = draftDepths(draft).reduce((a, b) => Math.max(a, b), 0);
  expectThat(deepest <= (limit.depth ?? deepest), () => `a draft has ${deepest} levels, ${limit.depth} were allowed`);
}

/** What a node's log-probability may depend on: the tokens above it. */
function placesOf({ tokens, parents }: DraftTree): string[] {
  const places: string[] = [];
  parents.forEach((parent) => {
    places.push(parent === ROOT ? "after the bonus token" : `${places[parent]}, ${tokens[parent]}`);
  });
  return places;
}

/** Log-probability of each token by place. */
function siblingTables(wide: DraftTree): Map<string, Map<number, number>> {
  const places = placesOf(wide);
  const tables = new Map<string, Map<number, number>>();
  wide.tokens.forEach((token, node) => {
    const place = places[node] as string;
    tables.set(place, (tables.get(place) ?? new Map()).set(token, wide.logProbs[node] as number));
  });
  return tables;
}
