import type { BackendModel } from "../contract/model.js";
import type { StepCalls } from "../drafters/drafter.js";

const { performance } = globalThis as unknown as { performance: { now(): number } };

/** Milliseconds since some moment; JavaScript's own clock, which Node and browsers share. */
export const now = (): number => performance.now();

/** The calls of a model, with the time spent in them added up. */
export class TimedCalls implements StepCalls {
  /** Milliseconds inside the backend since the last `lap`. */
  #inside = 0;
  #lapStart = now();

  constructor(private readonly model: BackendModel) {}

  pass: StepCalls["pass"] = (requests, options) => this.#time(() => this.model.pass(requests, options));
  commit: StepCalls["commit"] = (requests) => this.#time(() => this.model.commit(requests));
  streams: StepCalls["streams"] = (requests, options) => this.#time(() => this.model.streams(requests, options));
  draft: StepCalls["draft"] = (requests, options) => this.#time(() => this.model.draft(requests, options));

  /** Time since the last lap, by where it went. */
  lap(): { pass: number; other: number } {
    const end = now();
    const lap = { pass: this.#inside, other: end - this.#lapStart - this.#inside };
    this.#inside = 0;
    this.#lapStart = end;
    return lap;
  }

  /** Leaves the time since the last lap out of account: it was the caller's, not the loop's. */
  skip(): void {
    this.#lapStart = now();
    this.#inside = 0;
  }

  async #time<Result>(call: () => Promise<Result>): Promise<Result> {
    const start = now();
    try {
      return await call();
    } finally {
      this.#inside += now() - start;
    }
  }
}
