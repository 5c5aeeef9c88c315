import { InvalidArgumentError, type StreamSpec } from "@anabranch/core";
import type { DraftingOptions } from "../model/drafting.js";
import { fullTreeNodes } from "../model/full-tree.js";
import type { DraftOptions } from "./options.js";

/** Nodes that a tree is given when only k was named: the full tree of k children a node, to this many. */
const MOST_NODES = 64;

type NamedDrafting = DraftingOptions & { readonly drafter?: "streams" | "none" };

/**
 * Drafting options out of a command's.
 *
 * @param streams of the model's adapter; undefined when it has none.
 * @throws InvalidArgumentError for a γ that the adapter does not have.
 */
export function draftingFrom(
  options: DraftOptions & { readonly gamma?: number },
  streams: StreamSpec | undefined,
): NamedDrafting {
  const { drafter, topK, gamma, budget, prune } = options;
  if (gamma !== undefined && streams !== undefined) checkGamma(gamma, streams);
  const levels = gamma ?? streams?.gamma ?? 1;
  const fullTree = topK === undefined || budget === "auto" ? undefined : fullTreeNodes(topK, levels);
  const nodes = options.nodes ?? (fullTree === undefined ? undefined : Math.min(fullTree, MOST_NODES));
  // A γ that was named is the paper's setting: a tree of so many levels. More of them must be asked for.
  const depth = options.depth ?? gamma;
  return {
    streams: options.streams,
    lookup: options.lookup,
    phrases: options.phrases,
    opening: options.opening,
    transitions: options.transitions,
    ...(drafter === undefined ? {} : { drafter }),
    ...(budget === undefined ? {} : { budget }),
    ...(prune === undefined ? {} : { prune }),
    ...(topK === undefined ? {} : { topK }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(depth === undefined ? {} : { depth }),
  };
}

/** In lossless mode fewer streams than an adapter has may be used; in shared mode γ belongs to the model. */
function checkGamma(gamma: number, streams: StreamSpec): void {
  if (gamma === streams.gamma || (gamma < streams.gamma && streams.mode === "lossless")) return;
  throw new InvalidArgumentError(`The ${streams.mode} adapter has γ = ${streams.gamma} streams, not ${gamma}.`, {
    subject: "gamma",
    cure: streams.mode === "shared" ? "Leave out --gamma, or train a model with that γ." : "Ask for fewer.",
  });
}
