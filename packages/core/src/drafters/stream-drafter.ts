import type { AdapterHandle } from "../contract/adapter-handle.js";
import type { DraftLimit, DraftTree } from "../contract/draft.js";
import { InvalidArgumentError } from "../errors/index.js";
import type { SequenceLookups } from "../lookup/sequence-lookups.js";
import { firstNodes } from "../tree/draft-tree.js";
import type { Drafter } from "./drafter.js";

/**
 * When streams run. parallel: beside every row of the pass (the paper). deferred: after acceptance, beside the one
 * accepted row, which costs a second read of the top layers and saves all other rows' streams; lossless mode only.
 */
export type StreamTiming = "parallel" | "deferred";

export interface StreamDrafterOptions {
  readonly adapter: AdapterHandle;
  readonly limit: DraftLimit;
  readonly timing: StreamTiming;
  /** Where a text's own words are looked up, as further branches; absent: they are not. */
  readonly lookups?: SequenceLookups;
}

/** @throws InvalidArgumentError for deferred streams in shared mode, where the main stream sees them. */
export function requireTiming({ streams }: AdapterHandle, timing: StreamTiming): void {
  if (timing === "parallel" || streams.mode === "lossless") return;
  throw new InvalidArgumentError("Streams of a shared-mode adapter cannot be deferred: the main stream sees them.", {
    subject: "timing",
    cure: "Use parallel streams, or an adapter trained in lossless mode.",
  });
}

/**
 * Speculative Streaming as a drafter: the tree comes from the streams beside the last committed row.
 *
 * @throws InvalidArgumentError for deferred streams in shared mode, where the main stream sees them.
 */
export function streamDrafter({ adapter, limit, timing, lookups }: StreamDrafterOptions): Drafter {
  requireTiming(adapter, timing);
  const levels = limit.depth ?? adapter.streams.gamma;
  const counted = adapter.transitions && limit.transitions !== false;
  return {
    name: [`streams-${timing}`, ...(counted ? ["transitions"] : []), ...(lookups?.kinds ?? [])].join("+"),
    streamsInPass: timing === "parallel",
    async draft(context) {
      const { calls, sequence, bonus, depth, ends, options } = context;
      if (timing === "deferred") await calls.streams([{ sequence }], options);
      const useful = { ...limit, depth: Math.min(levels, depth), ...(ends && { ends }) };
      const [draft] = (await calls.draft([{ sequence, bonus, limit: useful }], options)) as [DraftTree];
      if (lookups === undefined) return draft;
      lookups.draft(context, { most: limit.nodes, least: 0 });
      return firstNodes(
        lookups.unite(context, draft, { most: limit.nodes, known: adapter.streams.gamma }),
        limit.nodes,
      );
    },
  };
}
