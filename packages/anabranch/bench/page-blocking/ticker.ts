/** Milliseconds between ticks. */
const REST = 4;

export interface Ticks {
  /** Times that the page's own thread came round. */
  readonly ticks: number;
  /** Milliseconds that one of them was late at most: how long something kept the page from answering. */
  readonly longest: number;
}

/** Counts how often the page's own thread comes round, from now until the answer is asked for. */
export function startTicker(): () => Ticks {
  let ticks = 0;
  let longest = 0;
  let last = performance.now();
  // A rest between ticks, or the page would keep a processor to itself; what a tick is late by is what counts.
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - REST);
    last = now;
    ticks++;
  }, REST);
  return () => {
    clearInterval(timer);
    return { ticks, longest };
  };
}
