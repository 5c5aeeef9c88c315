import { seededRandom } from "@anabranch/core";

/** Choices that look random, the same for the same seed. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** @param likelihood 0..1 */
  happens(likelihood: number): boolean {
    return this.#next() < likelihood;
  }

  /** A whole number, least..most. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  /** One of some; undefined where there is none. */
  of<T>(some: readonly T[]): T | undefined {
    return some[this.between(0, some.length - 1)];
  }

  /** Up to `most` different ones of some. */
  several<T>(some: readonly T[], most: number): T[] {
    const left = [...some];
    const chosen: T[] = [];
    for (let count = this.between(1, most); count > 0 && left.length > 0; count--) {
      chosen.push(...left.splice(this.between(0, left.length - 1), 1));
    }
    return chosen;
  }
}
