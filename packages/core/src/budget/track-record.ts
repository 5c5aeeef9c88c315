import type { DraftTree } from "../contract/draft.js";
import { draftDepths, jointLogProbs } from "../tree/draft-tree.js";
import { StepTimes } from "./step-times.js";

/** Observations that stand for the drafter's own probabilities, until there are more. */
const PRIOR = 3;
/** What a draft still counts after another one: about thirty of them are remembered. */
const FADING = 0.97;
const MOST = 2;
/** Tokens that count in the rate: about so many of the latest. */
const LATELY = 200;

/**
 * How far what was promised of drafts came true lately, over all texts of an adapter. Probabilities, level by level: the share of
 * drafts whose accepted path reached a level, over the sum of the probabilities of the level's nodes. And what time was worth.
 */
export class TrackRecord {
  #promised: number[] = [];
  #reached: number[] = [];
  #drafts: number;
  /** What steps gave and took lately, in tokens and plain steps: as plain decoding does at first. */
  #lately = { tokens: LATELY / 4, cost: LATELY / 4 };
  /** What steps take beside what a cost model says. */
  readonly times = new StepTimes();

  /** @param known drafts that stand for what training has shown of the adapter */
  constructor(known = 0) {
    this.#drafts = known;
  }

  /** @param accepted levels of the draft on the accepted path */
  learn(draft: DraftTree, accepted: number): void {
    this.#promised = this.#promised.map((sum) => sum * FADING);
    this.#reached = this.#reached.map((sum) => sum * FADING);
    this.#drafts = this.#drafts * FADING + 1;
    const joints = jointLogProbs(draft);
    draftDepths(draft).forEach((level, node) => {
      this.#promised[level - 1] = (this.#promised[level - 1] ?? 0) + Math.exp(joints[node] as number);
      this.#reached[level - 1] ??= 0;
    });
    for (let level = 0; level < accepted; level++) this.#reached[level] = (this.#reached[level] ?? 0) + 1;
  }

  /** What joint probabilities are to be multiplied by, by level. */
  get confidence(): number[] {
    return this.#promised.map((sum, level) =>
      Math.min(MOST, ((this.#reached[level] as number) + PRIOR) / (sum + PRIOR)),
    );
  }

  /** How much is known: 0 at the beginning, near 1 after some dozens of drafts. */
  get trust(): number {
    return this.#drafts / (this.#drafts + PRIOR);
  }

  /** @param cost of a step, in plain ones */
  learnStep(tokens: number, cost: number): void {
    const { tokens: before, cost: spent } = this.#lately;
    const kept = Math.min(1, LATELY / (before + tokens));
    this.#lately = { tokens: kept * (before + tokens), cost: kept * (spent + cost) };
  }

  /** Tokens that texts got for the time of a plain step, lately; never less than plain decoding gives. */
  get rate(): number {
    return Math.max(1, this.#lately.tokens / this.#lately.cost);
  }
}
