import { type Capabilities, COMMITTED, type ModelSpec, type PassRow, type RowRead } from "@anabranch/core";
import fc from "fast-check";
import { RandomNumbers } from "./random-numbers.js";

/** A random row of a pass, for a vocabulary and a depth of any size. */
export interface RowPlan {
  readonly token: number;
  readonly parent: number;
  readonly streams: boolean;
  readonly read: ReadPlan | undefined;
}

interface ReadPlan {
  readonly argmax: boolean;
  readonly logits: boolean;
  readonly topLogProbs: number;
  readonly logProbsOf: readonly number[];
  readonly hidden: readonly number[];
  /** Seed of the bias; 0: none. */
  readonly bias: number;
}

const readPlans: fc.Arbitrary<ReadPlan> = fc.record({
  argmax: fc.boolean(),
  logits: fc.boolean(),
  topLogProbs: fc.nat(6),
  logProbsOf: fc.array(fc.nat(), { maxLength: 3 }),
  hidden: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
  bias: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 99 }) }),
});

/** -1 alone: a chain; 0: all beside each other; else anything. */
const parents = fc.oneof(
  { weight: 3, arbitrary: fc.nat() },
  { weight: 2, arbitrary: fc.constant(-1) },
  { weight: 1, arbitrary: fc.constant(0) },
);

/** Rows of a pass: forests of any shape. */
export function rowPlans(most: number): fc.Arbitrary<RowPlan[]> {
  const row = fc.record({
    token: fc.nat(),
    parent: parents,
    streams: fc.boolean(),
    read: fc.option(readPlans, { nil: undefined, freq: 5 }),
  });
  return fc.array(row, { minLength: 1, maxLength: most });
}

/** Which rows of a plan carry streams: as it says, or all, or none. */
export type CarryStreams = "planned" | "all" | "none";

export function rowsOf(
  plans: readonly RowPlan[],
  spec: ModelSpec,
  capabilities: Capabilities,
  carry: CarryStreams,
): PassRow[] {
  return plans.slice(0, capabilities.maxRows).map((plan, index) => ({
    token: plan.token % spec.vocabularySize,
    // Any of the rows before this one, or the committed text; -1 counts from the end.
    parent: plan.parent === -1 ? index - 1 : (plan.parent % (index + 1)) + COMMITTED,
    streams: carry === "all" || (carry === "planned" && plan.streams),
    ...(plan.read !== undefined && { read: readOf(plan.read, spec, capabilities) }),
  }));
}

function readOf(plan: ReadPlan, spec: ModelSpec, capabilities: Capabilities): RowRead {
  const { vocabularySize, layers } = spec;
  return {
    argmax: plan.argmax,
    logits: plan.logits,
    ...(plan.topLogProbs > 0 && { topLogProbs: plan.topLogProbs }),
    ...(plan.logProbsOf.length > 0 && { logProbsOf: plan.logProbsOf.map((token) => token % vocabularySize) }),
    ...(capabilities.hiddenStates && { hidden: [...new Set(plan.hidden.map((layer) => layer % (layers + 1)))] }),
    ...(capabilities.vocabularyBias && plan.bias > 0 && { vocabularyBias: biasOf(plan.bias, vocabularySize) }),
  };
}

/** A bias that changes the order of tokens and forbids about one in five. */
function biasOf(seed: number, vocabularySize: number): Float32Array {
  const random = new RandomNumbers(seed);
  const bias = random.normals(vocabularySize, 2);
  return bias.map((value, token) => (token > 0 && random.uniform() < 0.2 ? Number.NEGATIVE_INFINITY : value));
}
