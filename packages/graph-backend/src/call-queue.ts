import { AnabranchError, BackendFailedError, type CallOptions, DisposedError, throwIfAborted } from "@anabranch/core";

/** Calls into one model, one at a time, in the order in which they were made. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /**
   * Runs `work` after every call that was made before.
   * @throws DisposedError once closed; AbortedError when the signal has fired by the time its turn comes;
   * BackendFailedError for whatever the work throws that is no error of ours.
   */
  run<Result>(what: string, work: () => Promise<Result> | Result, options?: CallOptions): Promise<Result> {
    const turn = this.#last.then(async () => {
      if (this.#closed) throw new DisposedError("The model was disposed.", { cure: "Load it again." });
      throwIfAborted(options?.signal, what);
      try {
        return await work();
      } catch (error) {
        if (AnabranchError.isInstance(error)) throw error;
        throw new BackendFailedError(`${what} failed in the backend.`, { cause: error });
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Lets the calls that are waiting finish, then refuses all others. Closing twice does nothing. */
  close(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(() => {
      if (this.#closed) return;
      this.#closed = true;
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
