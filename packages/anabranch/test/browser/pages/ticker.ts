export interface Ticks {
  /** Times that the page's own thread came round. */
  readonly ticks: number;
  /** Milliseconds of the longest time between two of them: of whatever kept the page from answering. */
  readonly longest: number;
}

/** Counts how often the page's own thread comes round, from now until the answer is asked for. */
export function startTicker(): () => Ticks {
  const { port1, port2 } = new MessageChannel();
  let ticks = 0;
  let longest = 0;
  let last = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    ticks++;
    // A timer of 0 ms, so that the page rests between ticks; browsers make up to 4 ms of it.
    setTimeout(() => port2.postMessage(undefined), 0);
  };
  port2.postMessage(undefined);
  return () => {
    port1.close();
    return { ticks, longest };
  };
}
