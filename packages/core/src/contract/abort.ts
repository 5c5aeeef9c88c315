import { AbortedError } from "../errors/index.js";

/** The part of the platform's AbortSignal that core uses; any AbortSignal fits. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** @throws AbortedError once the signal has fired. */
export function throwIfAborted(signal: AbortSignalLike | undefined, what: string): void {
  if (signal?.aborted === true) throw new AbortedError(`${what} was aborted.`, { cause: signal.reason });
}
