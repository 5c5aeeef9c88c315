import {
  type CostModel,
  draftBudget,
  Outlook,
  PlainFallback,
  type PredictedTime,
  plainStepCost,
  TrackRecord,
} from "../budget/index.js";
import { type DraftBudget, type DraftLimit, type DraftTree, ROOT } from "../contract/draft.js";
import type { Sequence } from "../contract/sequence.js";
import type { Step } from "../decoding/step.js";
import { usefulDraft } from "../decoding/useful-draft.js";
import type { SequenceLookups } from "../lookup/sequence-lookups.js";
import { cutToBudget, expectedTokens, gainOf } from "../tree/budgeted-prefix.js";
import { EMPTY_DRAFT, firstNodes } from "../tree/draft-tree.js";
import { foresightedGains } from "../tree/foresighted-prefix.js";
import type { DraftContext, Drafter, PlannedDraft } from "./drafter.js";
import { requireTiming, type StreamDrafterOptions } from "./stream-drafter.js";

export interface BudgetedStreamDrafterOptions extends StreamDrafterOptions {
  /** `nodes` is the size of the largest tree. */
  readonly limit: Omit<DraftLimit, "budget">;
  readonly costs: CostModel;
  /** What is known of how far the adapter's probabilities come true; drafters of one adapter may share it. */
  readonly record?: TrackRecord;
  /** Where a text's own words are looked up, as further branches or in place of streams; absent: they are not. */
  readonly lookups?: SequenceLookups;
  /** What drafts of streams are worth by the token that they follow; drafters of one adapter may share it. */
  readonly outlook?: Outlook;
}

/** A text that is being decoded. */
interface Text {
  readonly fallback: PlainFallback;
  /** The same for drafts of the text's own words: where streams lose, those may win. */
  readonly ofWords: PlainFallback;
  /** What the step that is verified now was to cost, in plain steps; undefined where nothing was drafted for it. */
  pending: number | undefined;
  /** The same as the cost model has it, without what was learned from other steps; undefined before the first. */
  unjudged: PredictedTime | undefined;
  /** The token that it follows. */
  bonus: number;
  /** Whether the latest pass ran streams beside its rows. */
  streamsThere: boolean;
  /** Cost of streams that ran only so that the next step can draft, in plain steps. */
  advance: number;
  /** Whether streams had a part in the draft that is verified now. */
  ofStreams: boolean;
}

/** What steps cost behind about so many tokens, as the cost model says and measured steps have corrected it. */
interface Lately {
  readonly context: number;
  readonly plain: number;
  readonly budget: DraftBudget;
  /** What it was corrected by. */
  readonly pace: number;
  readonly beyond: number;
  /** Milliseconds that a node must save to be in any tree, whatever its row costs. */
  readonly leastRow: number;
}

/** Of what rows of the largest tree cost on average: a node that saves less than that is in no tree. */
const LEAST_ROW = 1 / 4;

/** Tokens that cost a pass nothing that one would measure. */
const SAME_CONTEXT = 16;

/**
 * Speculative Streaming with trees that pay: each step the tree of most expected tokens a millisecond, by what calls cost on this
 * machine and how far the streams' probabilities came true; and plain steps, without streams where the mode allows it, where a
 * text wins nothing by drafts (see `PlainFallback`).
 *
 * @throws InvalidArgumentError for deferred streams in shared mode, where the main stream sees them.
 */
export function budgetedStreamDrafter(options: BudgetedStreamDrafterOptions): Drafter {
  const { adapter, timing, limit, costs, record = new TrackRecord(), outlook = new Outlook(), lookups } = options;
  requireTiming(adapter, timing);
  const shared = adapter.streams.mode === "shared";
  const parallel = timing === "parallel";
  const levels = limit.depth ?? adapter.streams.gamma;
  const texts = new WeakMap<Sequence, Text>();
  let lately: Lately | undefined;

  const textOf = ({ sequence, last }: DraftContext): Text => {
    const known = texts.get(sequence);
    if (known !== undefined && last?.kind === "verify") {
      learn(known, last, record, outlook);
      return known;
    }
    const fresh: Text = {
      fallback: new PlainFallback(),
      ofWords: new PlainFallback(),
      pending: undefined,
      unjudged: undefined,
      bonus: 0,
      streamsThere: parallel,
      advance: 0,
      ofStreams: true,
    };
    texts.set(sequence, fresh);
    return fresh;
  };

  const costsAt = (context: number): Lately => {
    if (lately !== undefined && Math.abs(context - lately.context) < SAME_CONTEXT) return lately;
    const { pace, beyond } = record.times;
    const budget = draftBudget(costs, { timing, context, nodes: limit.nodes });
    const here = corrected(plainStepCost(costs, shared, context), budget, pace, beyond);
    const { steps } = here.budget;
    const row = ((steps.at(-1) as number) - (steps[0] as number)) / Math.max(1, steps.length - 1);
    lately = { context, pace, beyond, leastRow: LEAST_ROW * row, ...here };
    return lately;
  };

  return {
    name: [
      `streams-${timing}+budget`,
      ...(adapter.transitions && limit.transitions !== false ? ["transitions"] : []),
      ...(lookups?.kinds ?? []),
    ].join("+"),
    streamsInPass: parallel,
    async draft(context): Promise<PlannedDraft> {
      const { calls, sequence, bonus, ends = new Set<number>(), options } = context;
      const text = textOf(context);
      text.bonus = bonus;
      const here = costsAt(sequence.length);
      const { plain, budget: usual } = here;
      const { confidence, trust } = record;
      const unjudged = { ...usual, rate: record.rate / plain };
      const budget = { ...unjudged, confidence };
      const allowance = plain * text.fallback.allowance;
      const one = budget.drafting + (budget.levels?.[0] ?? 0) + (budget.steps[1] ?? Number.POSITIVE_INFINITY);
      const means = { plain, allowance, trust };
      // What the text and phrases say costs nothing to ask, and they know by themselves how far it comes true.
      const free = { ...unjudged, drafting: 0 };
      const reach = { most: limit.nodes, least: unjudged.rate * here.leastRow };
      const words = usefulDraft(lookups?.draft(context, reach) ?? EMPTY_DRAFT, context.depth, ends);
      const right = trust * Math.min(1, outlook.sureAfter(bonus) * (confidence[0] ?? 1));
      const tooDear = (1 - right) * (one - plain) > allowance;
      if (parallel) {
        if (tooDear) return undrafted(text, here, shared);
        if (!text.streamsThere) return undrafted(text, here, true, budget.steps[0]);
      } else {
        const forWords = { plain, allowance: plain * text.ofWords.allowance, trust: 1 };
        const found = affordable(cutForesighted(words, free), free, forWords);
        const worth = outlook.worthAfter(bonus, budget, plain);
        const rests = tooDear || !outlook.mayRun(worth);
        if (found.tokens.length > 0 && (rests || gainOver(found, free, plain) > worth)) {
          return planned(text, found, here, false);
        }
        if (rests) return undrafted(text, here, shared);
        await calls.streams([{ sequence }], options);
      }
      const depth = Math.min(levels, context.depth);
      const [draft] = (await calls.draft([{ sequence, bonus, limit: { ...limit, depth, ends, budget } }], options)) as [
        DraftTree,
      ];
      const asked = { ...budget, drafting: draftingOf(draft, budget) };
      const united = lookups?.unite(context, draft, { ...reach, known: adapter.streams.gamma }) ?? draft;
      const both = united === draft ? draft : cutToBudget(usefulDraft(united, context.depth, ends), asked);
      return planned(text, affordable(both, budget, means), here, true);
    },
  };
}

/** Costs of a cost model, by what plain steps and what is beyond them took in truth. */
function corrected(
  plain: number,
  { steps, drafting, levels, ...rest }: DraftBudget,
  pace: number,
  beyond: number,
): { plain: number; budget: DraftBudget } {
  const budget = {
    ...rest,
    steps: steps.map((step) => pace * plain + beyond * (step - plain)),
    drafting: beyond * drafting,
    ...(levels !== undefined && { levels: levels.map((level) => beyond * level) }),
  };
  return { plain: pace * plain, budget };
}

/** What the cost model alone predicts of a step that is predicted to take so long. */
function uncorrected(predicted: number, { plain, pace, beyond }: Lately): PredictedTime {
  return { plain: plain / pace, beyond: Math.max(0, (predicted - plain) / beyond) };
}

/** Milliseconds of a step with a draft: what its drafter predicted, else what the budget says. */
function costOf({ predicted, tokens }: DraftTree, { steps, drafting }: DraftBudget): number {
  return predicted ?? drafting + (steps[tokens.length] as number);
}

/** Tokens that a draft is expected to win over a plain step and the budget's rate. */
function gainOver(draft: DraftTree, budget: DraftBudget, plain: number): number {
  return expectedTokens(draft, budget) - 1 - (budget.rate ?? 1 / plain) * (costOf(draft, budget) - plain);
}

/** The prefix that gains most, see {@link foresightedGains}; the shortest of equal ones. */
function cutForesighted(draft: DraftTree, budget: DraftBudget & { readonly rate: number }): DraftTree {
  const gains = foresightedGains(draft, budget);
  const nodes = gains.indexOf(Math.max(...gains));
  return { ...firstNodes(draft, nodes), predicted: budget.drafting + (budget.steps[nodes] as number) };
}

/** Milliseconds that a draft had cost when it was grown. */
function draftingOf(draft: DraftTree, budget: DraftBudget): number {
  return costOf(draft, budget) - (budget.steps[draft.tokens.length] as number);
}

function planned(text: Text, draft: DraftTree, here: Lately, ofStreams: boolean): PlannedDraft {
  const predicted = draft.predicted as number;
  text.pending = predicted / here.plain;
  text.ofStreams = ofStreams;
  text.unjudged = uncorrected(predicted, here);
  return draft;
}

function learn(
  text: Text,
  { draft, accepted, tokens, milliseconds }: Step,
  record: TrackRecord,
  outlook: Outlook,
): void {
  const { pending, fallback, ofWords, unjudged } = text;
  if (unjudged !== undefined) record.times.learn(unjudged, milliseconds.pass + milliseconds.other);
  if (pending === undefined) {
    record.learnStep(1, 1);
    outlook.rest();
    fallback.plainStep();
    ofWords.plainStep();
    return;
  }
  // What the text said about itself is no word of the streams.
  if (text.ofStreams) record.learn(draft, accepted.length);
  const cost = pending + text.advance;
  if (text.ofStreams) outlook.learn(text.bonus, tokens.length - 1 - record.rate * (cost - 1));
  record.learnStep(tokens.length, cost);
  // Each has its own luck, and what a text can bear is one account.
  const [own, other] = text.ofStreams ? [fallback, ofWords] : [ofWords, fallback];
  own.draftedStep(tokens.length, cost);
  other.otherStep(tokens.length, cost);
  text.advance = 0;
}

/** A step without a draft; `streams` where they run beside its row so that the next one can have a draft. */
function undrafted(text: Text, here: Lately, streams: boolean, predicted = here.plain): PlannedDraft {
  const { plain } = here;
  text.pending = undefined;
  text.unjudged = uncorrected(predicted, here);
  text.streamsThere = streams;
  text.advance += predicted / plain - 1;
  return { ...EMPTY_DRAFT, predicted, streams };
}

/** What a text can bear. Milliseconds. */
interface Means {
  readonly plain: number;
  readonly allowance: number;
  /** How much the drafter's own probabilities count, 0..1. */
  readonly trust: number;
}

/**
 * The prefix of a draft that a text can bear: what it costs beyond a plain step, times the probability that nothing of it is
 * right. What the drafter says about that counts as much as is known of how far it comes true.
 */
function affordable(draft: DraftTree, budget: DraftBudget, { plain, allowance, trust }: Means): DraftTree {
  const { tokens, parents, logProbs } = draft;
  const step = (nodes: number): number => budget.steps[nodes] as number;
  const drafting = draftingOf(draft, budget);
  let [right, nodes] = [0, 0];
  parents.forEach((parent, node) => {
    if (parent === ROOT) right += gainOf(logProbs[node] as number, 1, budget);
    const risk = 1 - trust * Math.min(1, right);
    if (risk * (drafting + step(node + 1) - plain) <= allowance) nodes = node + 1;
  });
  if (nodes === tokens.length) return draft;
  return { ...firstNodes(draft, nodes), predicted: drafting + step(nodes) };
}
