import { plainDrafter } from "@anabranch/core";
import {
  alternate,
  type Difference,
  type EvaluationReport,
  findDifferences,
  isNearTie,
  measureAcceptance,
  type RunProgress,
  type Side,
  type TextFigures,
} from "@anabranch/evaluation";
import { describeMachine } from "@anabranch/evaluation/node";
import { BUDGET_NODES, BUDGET_TOP_K } from "../calibrate/budget-limit.js";
import { DEFAULT_LIMIT, type DraftingOptions, defaultDepth, makeDrafter } from "../model/drafting.js";
import type { LanguageModel } from "../model/language-model.js";
import { promptTokens } from "../tasks/prompt-tokens.js";
import type { Task, TaskExample } from "../tasks/task.js";
import { VERSION } from "../version.js";
import { type DecodedSet, type DecodeSetOptions, decodeSet, joinSets } from "./decode-set.js";
import { logitGaps } from "./logit-gaps.js";
import { type PromptSpeed, promptSpeeds, type Roofline, rooflineOf } from "./roofline.js";

export interface EvaluateOptions extends Omit<DraftingOptions, "drafter"> {
  readonly drafter?: "streams" | "none";
  readonly task: Pick<Task, "name" | "chat" | "system" | "score" | "scoring">;
  readonly split: string;
  /** Rounds of the paired timing: each decodes the whole set once with each side, in turns text by text. An even number; default 2. */
  readonly rounds?: number;
  /** Most tokens a sequence. Default 128. */
  readonly maxTokens?: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** What else is known of one's own run. */
export interface MeasuredReport extends EvaluationReport {
  /** Where sequences differ although plain decoding was sure: each is a fault, not rounding. */
  readonly clearDifferences: readonly Difference[];
  readonly roofline: Roofline;
  /** Text by text, the slowest first. */
  readonly promptSpeeds: readonly PromptSpeed[];
}

/** The sides of the paired timing. bare, in shared mode: the model without its streams, whose words may differ. */
type SideName = "plain" | "streams" | "bare";

/**
 * Measures one setting on examples: call reduction, speed against one-token-a-pass decoding with the same weights (in shared
 * mode with its streams on), agreement of the ids, and how good the task finds the texts. Batch 1, greedy, sides in turns text by text.
 *
 * @throws UnsupportedError for a chat task and a model without a chat template; InvalidArgumentError without examples, or when no
 *   example gives a token after the prefill's; AbortedError; whatever decoding and scoring throw.
 */
export async function evaluate(
  model: LanguageModel,
  examples: readonly TaskExample[],
  options: EvaluateOptions,
): Promise<MeasuredReport> {
  const { task, maxTokens = 128, rounds = 2, signal, onProgress } = options;
  const encode = promptTokens(task, model.tokenizer, model.name);
  const prompts = examples.map(({ prompt }) => encode(prompt));
  const drafter = await makeDrafter(model, options, signal);
  const abort = signal === undefined ? {} : { signal };
  const shared = model.adapter?.streams.mode === "shared";
  const sets = { plain: [], streams: [], bare: [] } as Record<SideName, DecodedSet[]>;
  const side =
    (name: SideName, how: Pick<DecodeSetOptions, "drafter" | "adapter">): Side =>
    async ({ round, part }) => {
      const set = await decodeSet(model, [prompts[part] as readonly number[]], { ...how, maxTokens, ...abort });
      sets[name][round] = part === 0 ? set : joinSets(sets[name][round] as DecodedSet, set);
      return set;
    };
  const sides: Partial<Record<SideName, Side>> = {
    plain: side("plain", { drafter: plainDrafter }),
    streams: side("streams", { drafter }),
    ...(shared ? { bare: side("bare", { drafter: plainDrafter, adapter: false }) } : {}),
  };
  const speeds = await alternate({
    sides: sides as Record<SideName, Side>,
    rounds,
    parts: prompts.length,
    baseline: "plain",
    ...abort,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  // Greedy decoding gives the same ids every time.
  const plain = sets.plain.at(-1) as DecodedSet;
  const streams = sets.streams.at(-1) as DecodedSet;
  const acceptance = measureAcceptance(streams.sequences);
  const differences = await differencesWithGaps(model, prompts, [plain, streams], signal);
  const score = async (set: DecodedSet): Promise<TextFigures> =>
    (await task.score?.(
      examples.map((_, index) => textOf(model, set, index)),
      examples,
    )) ?? {};
  const gamma = model.adapter?.streams.gamma ?? 0;
  const budgeted = drafter.name.includes("+budget");
  const most = budgeted ? { topK: BUDGET_TOP_K, nodes: BUDGET_NODES } : DEFAULT_LIMIT;
  const depth = options.depth ?? (model.adapter === undefined ? 0 : defaultDepth(model.adapter, options));
  const ours = await score(streams);
  return {
    reportVersion: 1,
    version: VERSION,
    examples: examples.length,
    ...withoutCount(acceptance),
    tokensPerSecond: speeds.streams.tokensPerSecond.median,
    plain: {
      tokensPerSecond: speeds.plain.tokensPerSecond.median,
      ...(shared ? { tokensPerSecondWithoutStreams: speeds.bare.tokensPerSecond.median } : {}),
      ...(await score(plain)),
    },
    speedup: speeds.streams.ratio.median,
    timing: {
      rounds,
      tokensPerSecond: speeds.streams.tokensPerSecond,
      plainTokensPerSecond: speeds.plain.tokensPerSecond,
      speedup: speeds.streams.ratio,
    },
    differingSequences: differences.length,
    nearTies: differences.filter((difference) => isNearTie(difference)),
    clearDifferences: differences.filter((difference) => !isNearTie(difference)),
    roofline: rooflineOf(streams, plain, acceptance.meanAcceptanceLength),
    promptSpeeds: promptSpeeds(
      sets.plain.map((set, round) => ({ plain: set, streams: sets.streams[round] as DecodedSet })),
    ),
    ...ours,
    model: model.name,
    adapter: model.adapterName ?? null,
    backend: model.backendName,
    machine: await describeMachine(),
    settings: {
      task: task.name,
      split: options.split,
      mode: shared ? "shared" : "lossless",
      gamma: shared ? gamma : Math.min(gamma, depth),
      depth,
      topK: options.topK ?? most.topK,
      nodes: options.nodes ?? most.nodes,
      budget: budgeted,
      streams: drafter.streamsInPass ? "parallel" : "deferred",
      drafter: drafter.name,
      lookup: options.lookup !== false,
      phrases: model.phrases !== undefined && options.phrases !== false,
      opening: drafter.open !== undefined,
      transitions: (model.adapter?.transitions ?? false) && options.transitions !== false,
      markov: model.adapter?.streams.markov !== undefined && options.markov !== false,
      prune: options.prune ?? model.adapter?.streams.pruning?.threshold ?? false,
      limit: options.limit ?? null,
      maxTokens,
      ...task.scoring,
    },
  };
}

function textOf(model: LanguageModel, set: DecodedSet, index: number): string {
  return model.tokenizer.decode(set.sequences[index]?.tokens ?? [], { skipSpecialTokens: true });
}

function withoutCount({ sequences: _, ...acceptance }: ReturnType<typeof measureAcceptance>) {
  return acceptance;
}

function idsOf({ sequences }: DecodedSet): readonly (readonly number[])[] {
  return sequences.map(({ tokens }) => tokens);
}

async function differencesWithGaps(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  sets: readonly [plain: DecodedSet, streams: DecodedSet],
  signal: AbortSignal | undefined,
): Promise<Difference[]> {
  const [plain, streams] = [idsOf(sets[0]), idsOf(sets[1])];
  const found = findDifferences(plain, streams);
  const gaps: number[][] = [];
  for (const { sequence } of found) {
    gaps[sequence] = await logitGaps(model, prompts[sequence] ?? [], plain[sequence] ?? [], signal);
  }
  return findDifferences(plain, streams, gaps);
}
