/** Stands in a context where fewer tokens count. */
export const NO_TOKEN = -1;

/** Numbers of one row of {@link TransitionCounts}: the token before the last, the last token, the token after it, how often. */
export const TRANSITION_WIDTH = 4;

/**
 * How often tokens followed one another in texts that a model wrote: after no token, after one (where the first number is
 * NO_TOKEN), after two. Plain data, so that it travels in files and between threads.
 */
export interface TransitionCounts {
  /** [n, 4] */
  readonly rows: Int32Array;
}
