import { Shares } from "./shares.js";

/** What matches of so many tokens were worth on two sets of SmolLM2's answers: share of next tokens that were right. */
const USUAL = [0, 0.2, 0.5, 0.6, 0.7, 0.78, 0.85, 0.9];

/** The same where streams had their say and named other tokens; a guess to begin with. */
const UNHEARD = [0, 0.08, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];

/** Kinds of phrases, by the share that was counted. */
const TENTHS = Array.from({ length: 10 }, (_, tenth) => (tenth + 0.5) / 10);

/** How often continuations came true: of the text itself by how many tokens before them matched, of phrases by their shares. */
export class MatchRecord {
  readonly #matches = { heard: new Shares(USUAL), unheard: new Shares(UNHEARD) };
  readonly #phrases = { heard: new Shares(TENTHS), unheard: new Shares(TENTHS.map((share) => share / 2)) };

  /**
   * Probability that the token after a match of `length` tokens is the right one.
   *
   * @param unheard whether streams drafted for its place, and not it
   */
  probability(length: number, unheard = false): number {
    return this.#matches[unheard ? "unheard" : "heard"].of(length);
  }

  learn(length: number, right: boolean, unheard = false): void {
    this.#matches[unheard ? "unheard" : "heard"].add(length, right);
  }

  /** The same of a phrase that was counted with such a share. */
  phraseProbability(share: number, unheard = false): number {
    return this.#phrases[unheard ? "unheard" : "heard"].of(Math.floor(10 * share));
  }

  learnPhrase(share: number, right: boolean, unheard = false): void {
    this.#phrases[unheard ? "unheard" : "heard"].add(Math.floor(10 * share), right);
  }
}
