import { type CallOptions, InvalidArgumentError, throwIfAborted, UnsupportedError } from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { CachedSequence } from "./cached-sequence.js";
import { groupBy } from "./group-by.js";
import type { ModelPrograms } from "./model-programs.js";
import type { SlotPool } from "./slot-pool.js";

/** Streams beside the last committed row of each sequence, one run for each adapter. */
export async function runDeferredStreams(
  programs: ModelPrograms,
  pool: SlotPool,
  sequences: readonly CachedSequence[],
  options: CallOptions | undefined,
): Promise<void> {
  for (const [adapter, group] of groupBy(new Set(sequences), requireDeferrable)) {
    throwIfAborted(options?.signal, "Deferred streams");
    const program = await programs.streams(adapter);
    await program.run(group, pool);
  }
}

function requireDeferrable({ attached, last }: CachedSequence): AttachedAdapter {
  if (attached === undefined) {
    throw new UnsupportedError("Streams were asked for in a sequence without an adapter.", {
      subject: "streams",
      cure: "Create the sequence with an attached adapter.",
    });
  }
  if (attached.streams.mode !== "lossless") {
    throw new UnsupportedError("Streams of a shared-mode adapter cannot be deferred: the main stream sees them.", {
      subject: "deferredStreams",
      cure: "Run them in the pass.",
    });
  }
  if (last?.hidden === undefined) {
    throw new InvalidArgumentError("The sequence's last committed row is not from its latest pass.", {
      subject: "sequence",
      cure: "Call `streams` right after the commit.",
    });
  }
  return attached;
}
