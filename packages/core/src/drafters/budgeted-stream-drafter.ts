import { type CostModel, draftBudget, PlainFallback, plainStepCost, TrackRecord } from "../budget/index.js";
import type { DraftBudget, DraftLimit, DraftTree } from "../contract/draft.js";
import type { Sequence } from "../contract/sequence.js";
import type { Step } from "../decoding/step.js";
import { EMPTY_DRAFT } from "../tree/draft-tree.js";
import type { DraftContext, Drafter, PlannedDraft } from "./drafter.js";
import { requireTiming, type StreamDrafterOptions } from "./stream-drafter.js";

export interface BudgetedStreamDrafterOptions extends StreamDrafterOptions {
  /** `nodes` is the size of the largest tree. */
  readonly limit: Omit<DraftLimit, "budget">;
  readonly costs: CostModel;
  /** What is known of how far the adapter's probabilities come true; drafters of one adapter may share it. */
  readonly record?: TrackRecord;
}

/** A text that is being decoded. */
interface Text {
  readonly fallback: PlainFallback;
  /** What the step that is verified now was to cost, in plain steps; undefined where nothing was drafted for it. */
  pending: number | undefined;
  /** Whether the latest pass ran streams beside its rows. */
  streamsThere: boolean;
  /** Cost of streams that ran only so that the next step can draft, in plain steps. */
  advance: number;
}

/**
 * Speculative Streaming with trees that pay: each step the tree of most expected tokens a millisecond, by what calls cost on this
 * machine and how far the streams' probabilities came true; and plain steps, without streams where the mode allows it, where a
 * text wins nothing by drafts (see `PlainFallback`).
 *
 * @throws InvalidArgumentError for deferred streams in shared mode, where the main stream sees them.
 */
export function budgetedStreamDrafter(options: BudgetedStreamDrafterOptions): Drafter {
  const { adapter, timing, limit, costs, record = new TrackRecord() } = options;
  requireTiming(adapter, timing);
  const shared = adapter.streams.mode === "shared";
  const parallel = timing === "parallel";
  const levels = limit.depth ?? adapter.streams.gamma;
  const texts = new WeakMap<Sequence, Text>();

  const textOf = ({ sequence, last }: DraftContext): Text => {
    const known = texts.get(sequence);
    if (known !== undefined && last?.kind === "verify") {
      learn(known, last, record);
      return known;
    }
    const fresh = { fallback: new PlainFallback(), pending: undefined, streamsThere: parallel, advance: 0 };
    texts.set(sequence, fresh);
    return fresh;
  };

  return {
    name: `streams-${timing}+budget${adapter.transitions && limit.transitions !== false ? "+transitions" : ""}`,
    streamsInPass: parallel,
    async draft(context): Promise<PlannedDraft> {
      const { calls, sequence, bonus, options } = context;
      const text = textOf(context);
      const plain = plainStepCost(costs, shared, sequence.length);
      const { confidence } = record;
      const whole = draftBudget(costs, { timing, context: sequence.length, nodes: limit.nodes, confidence });
      const budget = affordable(whole, plain * (1 + text.fallback.allowance));
      if (budget === undefined) return undrafted(text, plain, shared);
      if (parallel && !text.streamsThere) return undrafted(text, whole.steps[0] as number, true, plain);
      if (!parallel) await calls.streams([{ sequence }], options);
      const depth = Math.min(levels, context.depth);
      const [draft] = await calls.draft([{ sequence, bonus, limit: { ...limit, depth, budget } }], options);
      text.pending = ((draft as DraftTree).predicted ?? plain) / plain;
      return draft as DraftTree;
    },
  };
}

function learn(text: Text, { draft, accepted, tokens }: Step, record: TrackRecord): void {
  const { pending, fallback } = text;
  if (pending === undefined) {
    fallback.plainStep();
    return;
  }
  fallback.draftedStep(tokens.length, pending + text.advance);
  text.advance = 0;
  record.learn(draft, accepted.length);
}

/** A step without a draft; `streams` where they run beside its row so that the next one can have a draft. */
function undrafted(text: Text, predicted: number, streams: boolean, plain = predicted): PlannedDraft {
  text.pending = undefined;
  text.streamsThere = streams;
  text.advance += predicted / plain - 1;
  return { ...EMPTY_DRAFT, predicted, streams };
}

/** The budget without trees that could make a step cost more than `most`; undefined where no tree is left. */
function affordable(budget: DraftBudget, most: number): DraftBudget | undefined {
  const drafting = budget.drafting + (budget.levels?.[0] ?? 0);
  let nodes = budget.steps.length - 1;
  while (nodes > 0 && drafting + (budget.steps[nodes] as number) > most) nodes--;
  return nodes === 0 ? undefined : { ...budget, steps: budget.steps.slice(0, nodes + 1) };
}
