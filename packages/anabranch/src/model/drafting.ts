import {
  type AdapterHandle,
  type BackendModel,
  type Drafter,
  type DraftLimit,
  type Opening,
  plainDrafter,
  type StreamTiming,
  streamDrafter,
  UnsupportedError,
  withOpening,
} from "@anabranch/core";
import { chooseTiming } from "./choose-timing.js";

/** How to draft; every field has a default. */
export interface DraftingOptions {
  /** "streams", the default where the model has an adapter; "none" is plain decoding. Or a drafter of one's own. */
  readonly drafter?: "streams" | "none" | Drafter;
  /** When streams run: "auto" times both ways once and takes the faster; default auto. */
  readonly streams?: StreamTiming | "auto";
  /** Children of a draft node: k. Default 3. */
  readonly topK?: number;
  /** Nodes of a draft: the most probable are kept. Default 8. */
  readonly nodes?: number;
  /** Levels of a draft. Default 12 where the adapter has transitions, which go on below its γ streams, and γ where not. */
  readonly depth?: number;
  /** Whether the adapter's counts of what follows what take part in drafts. Default true. */
  readonly transitions?: boolean;
  /** Whether the prefill pass verifies a draft of how texts begin, where the adapter has one. Default true. */
  readonly opening?: boolean;
}

/** k, nodes and levels of a draft where options say nothing. */
export const DEFAULT_LIMIT = { topK: 3, nodes: 8, depth: 12 } as const;

/**
 * The drafter that options ask for.
 *
 * @throws UnsupportedError when streams are asked for and the model has no adapter; InvalidArgumentError for
 *   deferred streams in shared mode.
 */
export async function makeDrafter(
  model: BackendModel,
  adapter: AdapterHandle | undefined,
  opening: Opening | undefined,
  options: DraftingOptions,
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
  const limit: DraftLimit = {
    topK: options.topK ?? DEFAULT_LIMIT.topK,
    nodes: options.nodes ?? DEFAULT_LIMIT.nodes,
    depth: options.depth ?? defaultDepth(adapter, options),
    ...(options.transitions === undefined ? {} : { transitions: options.transitions }),
  };
  const streams = options.streams ?? "auto";
  const timing = streams === "auto" ? await chooseTiming(model, adapter, limit) : streams;
  const drafter = streamDrafter({ adapter, limit, timing });
  // An opening has no levels of streams behind it, so only its size is bound.
  const openingLimit = { topK: limit.topK, nodes: limit.nodes };
  return opening === undefined || options.opening === false ? drafter : withOpening(drafter, opening, openingLimit);
}

/** Levels of a draft where options do not say. */
export function defaultDepth(adapter: AdapterHandle, { transitions = true }: DraftingOptions): number {
  return adapter.transitions && transitions ? DEFAULT_LIMIT.depth : adapter.streams.gamma;
}
