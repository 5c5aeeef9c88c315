import type { ChatMessage } from "@anabranch/tokenizers";
import type { Generation } from "../../generate/generation.js";
import { toErrorMessage } from "../messages/error-message.js";
import { AHEAD, type TextEvent } from "../messages/messages.js";

/** A text that is generated for the page, no further ahead than it reads. */
export class OutgoingText {
  readonly #abort = new AbortController();
  #ahead = 0;
  #wake: (() => void) | undefined;

  constructor(private readonly send: (event: TextEvent) => void) {}

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Generates it to its end, until it fails, or until the page leaves it. */
  async run(generation: Generation, history: () => readonly ChatMessage[] | undefined): Promise<void> {
    try {
      let begun = false;
      for await (const piece of generation) {
        if (!begun) this.#report(generation);
        begun = true;
        this.send({ kind: "piece", piece });
        this.#ahead++;
        while (this.#ahead >= AHEAD && !this.signal.aborted) await new Promise<void>((wake) => (this.#wake = wake));
        if (this.signal.aborted) break;
      }
      if (!begun) this.#report(generation);
      this.send({ kind: "ended", finish: generation.finish as never, messages: history() });
    } catch (error) {
      this.send({ kind: "failed", error: toErrorMessage(error) });
    }
  }

  /** The page has read some. */
  read(pieces: number): void {
    this.#ahead -= pieces;
    this.#wake?.();
  }

  leave(): void {
    this.#abort.abort();
    this.#wake?.();
  }

  #report({ prompt }: Generation): void {
    if (prompt !== undefined) this.send({ kind: "prompt", report: prompt });
  }
}
