import { InvalidArgumentError } from "@anabranch/core";
import { probeFeatures } from "../probe-features.js";

/** More threads than this share the work of a small model in pieces that are not worth meeting for. */
const MOST = 8;

/**
 * How many threads run plans, and what to tell whoever hoped for more.
 *
 * @param wanted undefined: as many as the machine runs at once
 * @throws InvalidArgumentError for a number that is none
 */
export function threadsFor(wanted: number | undefined): { threads: number; warnings: readonly string[] } {
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted > 0)) {
    throw new InvalidArgumentError(`threads is ${wanted}; it must be a whole number above 0.`, { subject: "threads" });
  }
  const threads = wanted ?? Math.min(MOST, availableThreads());
  if (threads < 2 || probeFeatures().threads) return { threads, warnings: [] };
  const warning =
    "The model runs on one thread: memory cannot be shared here. A page must be cross-origin isolated for that: serve it " +
    "with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.";
  return { threads: 1, warnings: [warning] };
}

/** What the machine runs at once, as far as the platform says. */
function availableThreads(): number {
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  if (os !== undefined) return os.availableParallelism();
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } };
  return navigator?.hardwareConcurrency ?? 1;
}
