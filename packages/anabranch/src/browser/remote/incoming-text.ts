import { AHEAD, type TextEvent } from "../messages/messages.js";

/** What the worker has sent of a text and nobody has read yet. */
export class IncomingText {
  readonly #events: TextEvent[] = [];
  #failure: (() => Error) | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;
  #read = 0;

  /** @param confirm tells the worker that so many pieces were read */
  constructor(private readonly confirm: (pieces: number) => void) {}

  push(event: TextEvent): void {
    this.#events.push(event);
    if (event.kind === "ended" || event.kind === "failed") this.#isOver = true;
    this.#wake?.();
  }

  /** Nothing that has come counts any more, for whoever reads. */
  fail(failure: () => Error): void {
    this.#failure ??= failure;
    this.#wake?.();
  }

  /** The worker is gone. */
  cut(failure: () => Error): void {
    this.#isOver = true;
    this.fail(failure);
  }

  /** @throws what it failed with */
  async next(): Promise<TextEvent> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure();
      const event = this.#events.shift();
      if (event?.kind === "piece" && ++this.#read >= AHEAD / 2) {
        this.confirm(this.#read);
        this.#read = 0;
      }
      if (event !== undefined) return event;
      await this.#more();
    }
  }

  /** Settles when the worker has done with it. */
  async over(): Promise<void> {
    while (!this.#isOver) await this.#more();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  #more(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }
}
