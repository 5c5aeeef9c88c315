import {
  type AdapterHandle,
  type BackendModel,
  type DraftTree,
  flattenDraft,
  ROOT,
  type Sequence,
  type StreamTiming,
  seededRandom,
} from "@anabranch/core";
import { takeIn } from "../model/take-in.js";

/** Milliseconds of a step's calls. */
export interface StepTimes {
  readonly pass: number;
  readonly commit: number;
  /** Of deferred streams; 0 where they ran in the pass. */
  readonly streams: number;
  readonly draft: number;
}

/** What the drafts of measured steps are asked for. */
export interface DraftSize {
  readonly nodes: number;
  readonly topK: number;
  readonly depth: number;
}

/** Tokens that measured steps are about: few, so that what a backend keeps of tokens is there, as it is amid a text. */
const TOKENS = 64;

/** A text of some length, on which steps are taken and taken back. */
export class StepTimer {
  readonly #random = seededRandom(1);

  #length = 0;

  private constructor(
    readonly model: BackendModel,
    readonly sequence: Sequence,
  ) {}

  static async create(model: BackendModel, adapter: AdapterHandle, length: number): Promise<StepTimer> {
    const timer = new StepTimer(model, await model.createSequence({ adapter }));
    try {
      await timer.reach(length);
      return timer;
    } catch (error) {
      await timer.dispose();
      throw error;
    }
  }

  /** Lengthens the text, or cuts its end off. */
  async reach(length: number): Promise<void> {
    if (length < this.#length) await this.sequence.rollback(length);
    const more = Array.from({ length: Math.max(0, length - this.#length) }, () => this.#token());
    if (more.length > 0) await takeIn(this.model, this.sequence, more);
    this.#length = length;
  }

  /** A step of the decoding loop whose pass has so many rows. Without a size nothing is drafted after it, nor do streams run. */
  async step(rows: number, timing: StreamTiming, size?: DraftSize): Promise<StepTimes> {
    const { model, sequence } = this;
    const bonus = this.#token();
    const request = flattenDraft(bonus, this.#tree(rows - 1), timing === "parallel", { argmax: true });
    const pass = await timed(() => model.pass([{ sequence, rows: request }]));
    const commit = await timed(() => model.commit([{ sequence, path: [0] }]));
    let [streams, draft] = [0, 0];
    if (size !== undefined) {
      if (timing === "deferred") streams = await timed(() => model.streams([{ sequence }]));
      draft = await timed(() => model.draft([{ sequence, bonus, limit: size }]));
    }
    await sequence.rollback(this.#length);
    return { pass, commit, streams, draft };
  }

  dispose(): Promise<void> {
    return this.sequence.dispose();
  }

  #token(): number {
    return Math.floor(this.#random() * Math.min(TOKENS, this.model.spec.vocabularySize));
  }

  /** All nodes beside each other: a pass costs what its rows cost, and these need few positions. */
  #tree(nodes: number): DraftTree {
    const each = <Value>(value: () => Value): Value[] => Array.from({ length: nodes }, value);
    return { tokens: each(() => this.#token()), parents: each(() => ROOT), logProbs: each(() => 0) };
  }
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}
