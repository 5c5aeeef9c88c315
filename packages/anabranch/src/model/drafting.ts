import {
  type AdapterHandle,
  type BackendModel,
  type CostModel,
  type Drafter,
  type DraftLimit,
  MatchRecord,
  plainDrafter,
  SequenceLookups,
  type StreamTiming,
  streamDrafter,
  UnsupportedError,
  withOpening,
  withPruning,
} from "@anabranch/core";
import type { CalibrateOptions } from "../calibrate/calibrate-model.js";
import type { LoadedModel } from "./loaded-model.js";

/** How to draft; every field has a default. */
export interface DraftingOptions {
  /** "streams", the default where the model has an adapter; "none" is plain decoding. Or a drafter of one's own. */
  readonly drafter?: "streams" | "none" | Drafter;
  /**
   * When streams run: "auto", the default, takes the way that costs less on this machine, by a cost model that is measured once
   * and kept; in browsers deferred, where the mode allows it.
   */
  readonly streams?: StreamTiming | "auto";
  /**
   * "auto", where `nodes` is not given: each draft has the size that gives most expected tokens a millisecond, by what passes cost
   * on this machine (measured when streams are first used, and kept) and how sure the streams are; and there is none where a text
   * wins nothing by them. Or by a cost model of one's own. "none": `nodes` of them, always. In browsers it is "none".
   */
  readonly budget?: "auto" | "none" | CostModel;
  /** Children of a draft node: k. Default 3, and 8 under a budget, which keeps those that pay. */
  readonly topK?: number;
  /** Nodes of a draft: the most probable are kept. Default 8, where there is no budget. With one, the most that it may have. */
  readonly nodes?: number;
  /** Levels of a draft. Default 12 where the adapter has transitions, which go on below its γ streams, and γ where not. */
  readonly depth?: number;
  /** Whether the adapter's counts of what follows what take part in drafts. Default true. */
  readonly transitions?: boolean;
  /** Whether the adapter's Markov head takes part in drafts. Default true. */
  readonly markov?: boolean;
  /**
   * Where the adapter has a pruning adapter: drafted tokens that it finds less probable than this go no further than the layers
   * below the streams. Default: the adapter's own threshold; false: none is pruned. The text is the same either way.
   */
  readonly prune?: number | false;
  /**
   * Whether a text's own words are looked up in it, as further branches, or in place of streams where they are likelier right a
   * millisecond. Default true.
   */
  readonly lookup?: boolean;
  /** Whether what the model mostly says, as its adapter counted it, is drafted in the same way. Default true. */
  readonly phrases?: boolean;
  /** Whether the prefill pass verifies a draft of how texts begin, where the adapter has one. Default true. */
  readonly opening?: boolean;
}

/** Drafters that keep to what calls cost on this machine; see `MachineBudgeting`. */
export interface Budgeting {
  /** Measures, also where costs are kept. @throws AbortedError */
  calibrate(options: CalibrateOptions): Promise<CostModel>;
  /** The cheaper way to run streams for drafts of so many nodes. */
  timing(nodes: number, signal?: AbortSignal): Promise<StreamTiming>;
  drafter(
    options: Omit<DraftLimit, "topK" | "nodes" | "budget"> & {
      readonly topK: number | undefined;
      readonly nodes: number | undefined;
      readonly budget: "auto" | CostModel;
      readonly streams: StreamTiming | "auto";
      readonly lookups: SequenceLookups | undefined;
    },
    signal?: AbortSignal,
  ): Promise<Drafter>;
}

/** What drafting needs of a loaded model. */
export type DraftingParts = Pick<LoadedModel, "model" | "adapter" | "opening" | "phrases" | "budgeting">;

/** k, nodes and levels of a draft where options say nothing. */
export const DEFAULT_LIMIT = { topK: 3, nodes: 8, depth: 12 } as const;

/**
 * The drafter that options ask for.
 *
 * @throws UnsupportedError when streams are asked for and the model has no adapter; InvalidArgumentError for
 *   deferred streams in shared mode.
 */
export async function makeDrafter(
  { model, adapter, opening, phrases, budgeting }: DraftingParts,
  options: DraftingOptions,
  signal?: AbortSignal,
): Promise<Drafter> {
  const wanted = options.drafter ?? (adapter === undefined ? "none" : "streams");
  if (typeof wanted !== "string") return wanted;
  if (wanted === "none") return plainDrafter;
  if (adapter === undefined) {
    throw new UnsupportedError("Streams were asked for, but the model was loaded without an adapter.", {
      subject: "drafter",
      cure: "Name an adapter when loading, or use the drafter `none`.",
    });
  }
  const { streams = "auto", nodes, topK, budget = nodes === undefined ? "auto" : "none" } = options;
  const limit: DraftLimit = {
    topK: topK ?? DEFAULT_LIMIT.topK,
    nodes: nodes ?? DEFAULT_LIMIT.nodes,
    depth: options.depth ?? defaultDepth(adapter, options),
    ...(options.transitions === undefined ? {} : { transitions: options.transitions }),
    ...(options.markov === undefined ? {} : { markov: options.markov }),
  };
  const own = new SequenceLookups({
    record: matchesOf(model),
    text: options.lookup !== false,
    ...(options.phrases !== false && { phrases }),
  });
  const lookups = own.kinds.length === 0 ? undefined : own;
  let drafter: Drafter;
  if (budget !== "none" && budgeting !== undefined) {
    drafter = await budgeting.drafter({ ...limit, topK, nodes, budget, streams, lookups }, signal);
  } else {
    const { deferredStreams } = model.capabilities;
    const usual = deferredStreams && adapter.streams.mode === "lossless" ? "deferred" : "parallel";
    const timing = streams === "auto" ? ((await budgeting?.timing(limit.nodes, signal)) ?? usual) : streams;
    drafter = streamDrafter({ adapter, limit, timing, ...(lookups && { lookups }) });
  }
  // An opening has no levels of streams behind it, so only its size is bound.
  const openingLimit = { topK: limit.topK, nodes: limit.nodes };
  if (opening !== undefined && options.opening !== false) drafter = withOpening(drafter, opening, openingLimit);
  const { prune = adapter.streams.pruning?.threshold ?? false } = options;
  return prune === false ? drafter : withPruning(drafter, prune);
}

const matches = new WeakMap<BackendModel, MatchRecord>();

/** What matches were worth in texts of a model. */
function matchesOf(model: BackendModel): MatchRecord {
  const record = matches.get(model) ?? new MatchRecord();
  matches.set(model, record);
  return record;
}

/** Levels of a draft where options do not say. */
export function defaultDepth(adapter: AdapterHandle, { transitions = true }: DraftingOptions): number {
  return adapter.transitions && transitions ? DEFAULT_LIMIT.depth : adapter.streams.gamma;
}
