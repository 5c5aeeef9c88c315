import { InvalidArgumentError } from "@anabranch/core";

/** What a piece of text decides. */
export interface Verdict {
  /** How many characters of the text held back, this piece included, are certain to stay. */
  readonly certain: number;
  /** Whether a stop string is complete; the text ends after the certain characters then. */
  readonly stopped: boolean;
}

/**
 * Looks for stop strings in a text that comes in pieces, whatever the pieces: the one that is complete first ends the text
 * where it begins. What may still become one is uncertain.
 */
export class StopStrings {
  #held = "";

  /** @throws InvalidArgumentError for an empty string */
  constructor(private readonly strings: readonly string[]) {
    if (strings.includes("")) {
      throw new InvalidArgumentError("A stop string is empty.", {
        subject: "stop",
        cure: "Leave it out: it would end every text at once.",
      });
    }
  }

  push(text: string): Verdict {
    this.#held += text;
    const held = this.#held;
    let begin = -1;
    let end = Number.POSITIVE_INFINITY;
    for (const stop of this.strings) {
      const at = held.indexOf(stop);
      if (at === -1) continue;
      const earlier = at + stop.length < end || (at + stop.length === end && at < begin);
      if (earlier) [begin, end] = [at, at + stop.length];
    }
    if (begin !== -1) return { certain: begin, stopped: true };
    return { certain: held.length - Math.max(0, ...this.strings.map((stop) => overlap(held, stop))), stopped: false };
  }

  /** Forgets characters that went out. */
  release(characters: number): void {
    this.#held = this.#held.slice(characters);
  }
}

/** Length of the longest proper beginning of `stop` that `text` ends with. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
