import { setTimeout as sleep } from "node:timers/promises";
import { type AnabranchError, InvalidArgumentError, throwIfAborted } from "@anabranch/core";

/** How long a passing failure is put up with: 429, 5xx, no connection, a connection that was cut or fell silent. */
export interface RetryPolicy {
  /** Attempts after the first. One that brought a good piece of a file starts the count anew. */
  readonly retries: number;
  /** Before the first repetition, in ms; each further pause is twice as long. */
  readonly pauseMs: number;
  /** No pause is longer; a hub that asks for a longer one (Retry-After) ends the matter. In ms. */
  readonly longestPauseMs: number;
  /** A connection on which nothing came for so long counts as cut. In ms. */
  readonly silenceMs: number;
}

const usual: RetryPolicy = { retries: 4, pauseMs: 1000, longestPauseMs: 60_000, silenceMs: 60_000 };

/** @throws InvalidArgumentError for what is no count or time. */
export function retryPolicy(wishes: Partial<RetryPolicy> = {}): RetryPolicy {
  const policy = { ...usual, ...wishes };
  for (const [name, value] of Object.entries(policy)) {
    if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 31)) {
      throw new InvalidArgumentError(`retry.${name} is ${value}.`, {
        subject: `retry.${name}`,
        cure: "Give a whole number, 0 or more.",
      });
    }
  }
  return policy;
}

/** A failed attempt that may go better next time. It never leaves this folder: `error` does. */
export class PassingFailure {
  constructor(
    readonly error: AnabranchError,
    /** What the hub asked for, in ms. */
    readonly pauseMs?: number,
    readonly progressed = false,
  ) {}
}

/** Repeats an attempt while it fails in passing, with pauses, as often as the policy allows. */
export async function retrying<T>(
  { retry, signal }: { readonly retry: RetryPolicy; readonly signal: AbortSignal | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    throwIfAborted(signal, "The download");
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof PassingFailure)) throw failure;
      if (failure.progressed) failures = 0;
      const pause = failure.pauseMs ?? backOff(retry, failures);
      if (failures >= retry.retries || pause > retry.longestPauseMs) throw failure.error;
      await waitFor(pause, signal);
    }
  }
}

/** Up to a quarter longer at random, so that many machines that failed together do not return together. */
function backOff({ pauseMs, longestPauseMs }: RetryPolicy, failures: number): number {
  return Math.min(longestPauseMs, pauseMs * 2 ** failures * (1 + Math.random() / 4));
}

/** @throws AbortedError as soon as the signal fires. */
export async function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    throwIfAborted(signal, "The download");
    throw error;
  });
}
