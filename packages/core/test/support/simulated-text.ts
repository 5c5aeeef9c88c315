import {
  type AdapterHandle,
  type CostModel,
  cutToBudget,
  type Drafter,
  type DraftTree,
  passCost,
  plainStepCost,
  type Sequence,
  type Step,
  type StepCalls,
  type StreamTiming,
  seededRandom,
} from "../../src/index.js";

export interface SimulatedOptions {
  readonly drafter: Drafter;
  readonly timing: StreamTiming;
  readonly costs: CostModel;
  readonly tokens: number;
  /** Probability that a level's first node is right, at a token of the text. */
  readonly acceptance: (token: number) => number;
  /** What drafts say of it. */
  readonly promised: number;
  readonly seed: number;
  /** What drafting costs in truth, by what the cost model says. */
  readonly dearer?: number;
  /** What stands at a place of the text; 0 when absent. */
  readonly tokenAt?: (place: number) => number;
}

/** A text whose steps cost what a cost model says: nothing runs, so that thousands of them can be decoded. */
export async function simulateText(
  options: SimulatedOptions,
): Promise<{ readonly ratio: number; readonly drafts: number }> {
  const { drafter, timing, costs, tokens, acceptance, promised, dearer = 1, tokenAt = () => 0 } = options;
  const random = seededRandom(options.seed);
  const context = { length: 64 };
  let [time, plainTime, drafts, written, drafting] = [0, 0, 0, 1, 0];
  let right: boolean[] = [];
  const calls: Pick<StepCalls, "streams" | "draft"> = {
    streams: async () => {
      drafting += dearer * (costs.deferred?.[0] ?? 0);
    },
    draft: async ([request]) => {
      drafting += dearer * (costs.draft[timing] ?? 0);
      const limit = request?.limit ?? { nodes: 0, topK: 1 };
      right = Array.from({ length: Math.min(5, limit.depth ?? 5) }, () => random() < acceptance(written));
      const chain: DraftTree = {
        tokens: right.map(() => 1),
        parents: right.map((_, level) => level - 1),
        logProbs: right.map(() => Math.log(promised)),
      };
      return [limit.budget === undefined ? chain : cutToBudget(chain, limit.budget)];
    },
  };
  let last = { kind: "prefill" } as Step;
  while (written < tokens) {
    drafting = 0;
    right = [];
    const draft = await drafter.draft({
      calls: calls as StepCalls,
      sequence: context as unknown as Sequence,
      tokens: [],
      bonus: tokenAt(written),
      depth: tokens - written,
      lastRow: { survived: true },
      last,
      options: {},
    });
    const beside = draft.streams ?? drafter.streamsInPass;
    const own = drafting + passCost(costs, beside, context.length, draft.tokens.length + 1) + costs.rest;
    drafts += draft.tokens.length > 0 ? 1 : 0;
    // Words that no stream had a part in are never right.
    const levels = [...right, false].slice(0, draft.tokens.length);
    const failed = levels.indexOf(false);
    const accepted = Array.from({ length: failed < 0 ? levels.length : failed }, (_, node) => node);
    const emitted = Math.min(tokens - written, accepted.length + 1);
    time += own;
    plainTime += emitted * plainStepCost(costs, false, context.length);
    written += emitted;
    context.length += emitted;
    last = {
      kind: "verify",
      tokens: Array(emitted).fill(0),
      draft,
      accepted,
      milliseconds: { pass: own, other: 0 },
      ...(draft.predicted !== undefined && { predicted: draft.predicted }),
    } as unknown as Step;
  }
  return { ratio: plainTime / time, drafts };
}

export const simulatedAdapter = {
  streams: { mode: "lossless", gamma: 5, msaLayers: 1 },
  transitions: false,
  dispose: async () => undefined,
} satisfies AdapterHandle as AdapterHandle;

/** A cost model of passes that begin at 10 ms. @param rows what each further row costs @param drafting a call for streams */
export function simulatedCosts(rows: number, drafting: number): CostModel {
  const counts = [1, 2, 4, 8, 16, 32];
  const pass = (factor: number): number[] => counts.map((count) => 10 + factor * rows * (count - 1));
  return {
    version: 1,
    contexts: [64, 512],
    rows: counts,
    plain: [pass(1), pass(1).map((time) => time + 2)],
    parallel: [pass(3).map((time) => time + 2), pass(3).map((time) => time + 5)],
    deferred: [drafting, drafting],
    draft: { deferred: 0.1, parallel: 0.5 },
    rest: 0.1,
  };
}
