import { plainDrafter } from "@anabranch/core";
import {
  alternate,
  type Difference,
  type EvaluationReport,
  findDifferences,
  isNearTie,
  measureAcceptance,
  type RunProgress,
  rougeOverSet,
} from "@anabranch/evaluation";
import { describeMachine } from "@anabranch/evaluation/node";
import { DEFAULT_LIMIT, type DraftingOptions, makeDrafter } from "../model/drafting.js";
import type { LanguageModel } from "../model/language-model.js";
import type { TaskExample } from "../tasks/task.js";
import { VERSION } from "../version.js";
import { type DecodedSet, decodeSet } from "./decode-set.js";
import { logitGaps } from "./logit-gaps.js";

export interface EvaluateOptions extends Omit<DraftingOptions, "drafter"> {
  readonly drafter?: "streams" | "none";
  readonly task: string;
  readonly split: string;
  /** Rounds of the paired timing: each decodes the whole set once with each side. An even number; default 2. */
  readonly rounds?: number;
  /** Most tokens a sequence. Default 128. */
  readonly maxTokens?: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** What plain decoding of the same examples gave; may be shared by several evaluations of one model. */
export interface PlainRun {
  readonly set: DecodedSet;
  readonly texts: readonly string[];
}

/**
 * Measures one setting on examples: call reduction, speed against one-token-a-pass decoding with the same weights (in shared
 * mode with its streams on), agreement of the ids, and ROUGE. Batch 1, greedy, both sides alternating.
 *
 * @throws InvalidArgumentError without examples; AbortedError; whatever decoding throws.
 */
export async function evaluate(
  model: LanguageModel,
  examples: readonly TaskExample[],
  options: EvaluateOptions,
): Promise<EvaluationReport> {
  const { maxTokens = 128, rounds = 2, signal, onProgress } = options;
  const prompts = examples.map(({ prompt }) => model.tokenizer.encode(prompt));
  const drafter = await makeDrafter(model.model, model.adapter, model.opening, options);
  const abort = signal === undefined ? {} : { signal };
  const run = (settings: { plain?: boolean; adapter?: boolean } = {}): Promise<DecodedSet> =>
    decodeSet(model, prompts, {
      drafter: settings.plain === true ? plainDrafter : drafter,
      ...(settings.adapter === undefined ? {} : { adapter: settings.adapter }),
      maxTokens,
      ...abort,
    });
  // Kept from the last round: greedy decoding gives the same ids every time.
  const last: Partial<Record<"plain" | "streams" | "bare", DecodedSet>> = {};
  const side = (name: keyof typeof last, settings: Parameters<typeof run>[0]) => async (): Promise<DecodedSet> => {
    const set = await run(settings);
    last[name] = set;
    return set;
  };
  const shared = model.adapter?.streams.mode === "shared";
  const speeds = await alternate<"plain" | "streams" | "bare">({
    sides: {
      plain: side("plain", { plain: true }),
      streams: side("streams", {}),
      ...(shared ? { bare: side("bare", { plain: true, adapter: false }) } : {}),
    } as Record<"plain" | "streams" | "bare", () => Promise<DecodedSet>>,
    rounds,
    baseline: "plain",
    ...abort,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const plain = last.plain as DecodedSet;
  const streams = last.streams as DecodedSet;
  const differences = await differencesWithGaps(model, prompts, plain, streams);
  const score = (set: DecodedSet) =>
    rougeOverSet(examples.map(({ references }, index) => ({ prediction: textOf(model, set, index), references })));
  const ours = score(streams);
  const theirs = score(plain);
  return {
    reportVersion: 1,
    version: VERSION,
    examples: examples.length,
    ...withoutCount(measureAcceptance(streams.sequences)),
    tokensPerSecond: speeds.streams.tokensPerSecond.median,
    plain: {
      tokensPerSecond: speeds.plain.tokensPerSecond.median,
      ...(shared ? { tokensPerSecondWithoutStreams: speeds.bare.tokensPerSecond.median } : {}),
      rouge1: theirs.rouge1,
      rougeLsum: theirs.rougeLsum,
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
    rouge1: ours.rouge1,
    rougeLsum: ours.rougeLsum,
    model: model.name,
    adapter: model.adapterName ?? null,
    backend: model.backendName,
    machine: await describeMachine(),
    settings: {
      task: options.task,
      split: options.split,
      mode: model.adapter?.streams.mode ?? "lossless",
      gamma: Math.min(options.depth ?? Number.POSITIVE_INFINITY, model.adapter?.streams.gamma ?? 0),
      topK: options.topK ?? DEFAULT_LIMIT.topK,
      nodes: options.nodes ?? DEFAULT_LIMIT.nodes,
      streams: drafter.streamsInPass ? "parallel" : "deferred",
      drafter: drafter.name,
      opening: drafter.open !== undefined,
      limit: options.limit ?? null,
      maxTokens,
      rougeStemmer: ours.stemmer,
    },
  };
}

function textOf(model: LanguageModel, set: DecodedSet, index: number): string {
  return model.tokenizer.decode(set.sequences[index]?.tokens ?? [], { skipSpecialTokens: true });
}

function withoutCount({ sequences: _, ...acceptance }: ReturnType<typeof measureAcceptance>) {
  return acceptance;
}

async function differencesWithGaps(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  plain: DecodedSet,
  streams: DecodedSet,
): Promise<Difference[]> {
  const ids = (set: DecodedSet) => set.sequences.map(({ tokens }) => tokens);
  const found = findDifferences(ids(plain), ids(streams));
  const gaps: number[][] = [];
  for (const { sequence } of found) {
    gaps[sequence] = await logitGaps(model, prompts[sequence] ?? [], plain.sequences[sequence]?.tokens ?? []);
  }
  return findDifferences(ids(plain), ids(streams), gaps);
}
