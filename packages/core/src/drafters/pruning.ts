import type { Drafter } from "./drafter.js";

/**
 * The same drafter with its drafts pruned while they are verified (3.1.3): what the early exit of the sequence's adapter finds
 * less probable than `threshold` goes no further than the layers below the streams. The text stays what it is.
 */
export function withPruning(drafter: Drafter, threshold: number): Drafter {
  return {
    name: `${drafter.name}+pruning`,
    streamsInPass: drafter.streamsInPass,
    pruning: { threshold },
    ...(drafter.read !== undefined && { read: drafter.read }),
    ...(drafter.open !== undefined && {
      open: (prompt: readonly number[]) => (drafter.open as NonNullable<Drafter["open"]>)(prompt),
    }),
    draft: (context) => drafter.draft(context),
  };
}
