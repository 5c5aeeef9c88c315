import type { BackendModel } from "../contract/model.js";
import type { StepCalls } from "../drafters/drafter.js";
import type { StepTime } from "./step.js";

const { performance } = globalThis as unknown as { performance: { now(): number } };

/** The calls of a model, with the time spent in them added up. */
export class TimedCalls implements StepCalls {
  /** Milliseconds in which at least one call ran, since the last lap. */
  #inside = 0;
  /** Calls that run; a drafter may make several at once. */
  #running = 0;
  #runningSince = 0;
  #lapStart = performance.now();

  constructor(private readonly model: BackendModel) {}

  pass: StepCalls["pass"] = (requests, options) => this.#time(() => this.model.pass(requests, options));
  commit: StepCalls["commit"] = (requests) => this.#time(() => this.model.commit(requests));
  streams: StepCalls["streams"] = (requests, options) => this.#time(() => this.model.streams(requests, options));
  draft: StepCalls["draft"] = (requests, options) => this.#time(() => this.model.draft(requests, options));

  /** Starts a lap. What came before it since the last one was the caller's time, not the loop's. */
  start(): void {
    this.#inside = 0;
    this.#lapStart = performance.now();
  }

  /** Time since the lap's start, by where it went. */
  lap(): StepTime {
    const total = performance.now() - this.#lapStart;
    // Rounding alone could make the difference of two equal times negative.
    return { pass: this.#inside, other: Math.max(0, total - this.#inside) };
  }

  async #time<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#running++ === 0) this.#runningSince = performance.now();
    try {
      return await call();
    } finally {
      if (--this.#running === 0) this.#inside += performance.now() - this.#runningSince;
    }
  }
}
