import {
  type Adapter,
  type AdapterHandle,
  type BackendModel,
  type CallOptions,
  type DraftTree,
  decode,
  flattenDraft,
  type PassResult,
  type PassRow,
  type Sequence,
  streamDrafter,
  verifyGreedy,
} from "@anabranch/core";
import type { Chance } from "./chance.js";
import { randomPath, randomRows } from "./random-rows.js";

/** More texts than this are not open at once. */
const MOST_SEQUENCES = 8;

/** Rows of one pass of a sequence leave this much room before the model's last position. */
const ROOM = 130;

const LIMIT = { nodes: 8, topK: 3 };

/**
 * Whatever a model is for, in any order: texts that begin, grow by prompts and trees, several in a pass, fork, roll back and
 * end; streams beside the pass and after it; adapters that come and go.
 */
export class RandomWalk {
  /** Rows that ran, streams not counted. */
  rows = 0;
  readonly #sequences = new Set<Sequence>();
  readonly #adapters = new Set<AdapterHandle>();

  constructor(
    readonly model: BackendModel,
    readonly adapter: Adapter,
    readonly chance: Chance,
    readonly options: CallOptions = {},
  ) {}

  /** Does one thing. @throws Error when speculation does not give plain decoding's text; whatever the model's calls throw */
  async step(): Promise<void> {
    const { chance } = this;
    const sequence = chance.of([...this.#sequences]);
    if (sequence === undefined || (this.#sequences.size < MOST_SEQUENCES && chance.happens(0.1))) return this.#begin();
    if (chance.happens(0.08)) return this.#end(sequence);
    if (chance.happens(0.05)) return sequence.rollback(chance.between(0, sequence.length));
    if (chance.happens(0.05) && this.#sequences.size < MOST_SEQUENCES) {
      this.#sequences.add(await sequence.fork());
      return;
    }
    if (chance.happens(0.02)) return this.#exchangeAdapter();
    if (chance.happens(0.03)) return this.#compareTexts();
    return this.#grow(chance.several([...this.#sequences], 4));
  }

  /** Ends all texts and gives all adapters back. */
  async end(): Promise<void> {
    for (const sequence of [...this.#sequences]) await this.#end(sequence);
    for (const handle of this.#adapters) await handle.dispose();
    this.#adapters.clear();
  }

  async #begin(): Promise<void> {
    if (this.#adapters.size === 0) this.#adapters.add(await this.model.attach(this.adapter));
    const adapter = this.chance.happens(0.7) ? this.chance.of([...this.#adapters]) : undefined;
    this.#sequences.add(await this.model.createSequence(adapter === undefined ? {} : { adapter }));
  }

  async #end(sequence: Sequence): Promise<void> {
    this.#sequences.delete(sequence);
    await sequence.dispose();
  }

  /** One adapter more, or one fewer, along with the texts that used it. */
  async #exchangeAdapter(): Promise<void> {
    if (this.#adapters.size < 2) {
      this.#adapters.add(await this.model.attach(this.adapter));
      return;
    }
    const [oldest] = this.#adapters as Set<AdapterHandle>;
    for (const sequence of [...this.#sequences]) if (sequence.adapter === oldest) await this.#end(sequence);
    this.#adapters.delete(oldest as AdapterHandle);
    await oldest?.dispose();
  }

  /** A pass of several sequences, and drafts after it where streams allow it, verified in another. */
  async #grow(sequences: readonly Sequence[]): Promise<void> {
    const { chance, model, options } = this;
    const { spec } = model;
    const requests: { sequence: Sequence; rows: PassRow[] }[] = [];
    const parallel = chance.happens(0.3);
    for (const sequence of sequences) {
      if (sequence.length + ROOM > spec.maxPositions) await sequence.rollback(chance.between(0, ROOM));
      const streams = parallel && sequence.adapter !== undefined;
      const most = streams ? 16 : ROOM;
      requests.push({ sequence, rows: randomRows(chance, spec, most).map((row) => ({ ...row, streams })) });
    }
    const results = await this.#pass(requests);
    const paths = requests.map(({ rows }) => randomPath(chance, rows));
    await model.commit(requests.map(({ sequence }, index) => ({ sequence, path: paths[index] as number[] })));
    const drafting = requests.flatMap(({ sequence }, index) => {
      const bonus = results[index]?.rows[paths[index]?.at(-1) ?? -1]?.argmax;
      return sequence.adapter === undefined || bonus === undefined ? [] : [{ sequence, bonus }];
    });
    if (drafting.length === 0) return;
    if (!parallel) await model.streams(drafting, options);
    const limited = drafting.map((request) => ({ ...request, limit: LIMIT }));
    await this.#verify(drafting, await model.draft(limited, options));
  }

  async #verify(
    drafting: readonly { sequence: Sequence; bonus: number }[],
    drafts: readonly DraftTree[],
  ): Promise<void> {
    const requests = drafting.map(({ sequence, bonus }, index) => {
      return { sequence, rows: flattenDraft(bonus, drafts[index] as DraftTree, false, { argmax: true }) };
    });
    const results = await this.#pass(requests);
    const commits = requests.map(({ sequence }, index) => {
      const best = (results[index] as PassResult).rows.map(({ argmax }) => argmax);
      return { sequence, path: verifyGreedy(drafts[index] as DraftTree, best).path };
    });
    await this.model.commit(commits);
  }

  /** The same prompt twice, while other texts are open: speculation must give plain decoding's text. */
  async #compareTexts(): Promise<void> {
    const { chance, model } = this;
    const handle = chance.of([...this.#adapters]) as AdapterHandle;
    const prompt = Array.from({ length: chance.between(1, 60) }, () =>
      chance.between(2, model.spec.vocabularySize - 1),
    );
    const maxTokens = chance.between(1, 40);
    const timing = chance.happens(0.5) ? "deferred" : "parallel";
    const drafter = streamDrafter({ adapter: handle, limit: LIMIT, timing });
    const texts: string[] = [];
    for (const drafts of [{}, { drafter }]) {
      const sequence = await model.createSequence({ adapter: handle });
      const text: number[] = [];
      try {
        for await (const step of decode({ ...{ model, sequence, prompt, maxTokens }, ...drafts, ...this.options })) {
          text.push(...step.tokens);
          this.rows += step.rows;
        }
      } finally {
        await sequence.dispose();
      }
      texts.push(text.join());
    }
    if (texts[0] !== texts[1]) {
      throw new Error(`After ${prompt}, plain decoding says ${texts[0]}, speculation (${timing}) ${texts[1]}.`);
    }
  }

  async #pass(requests: readonly { sequence: Sequence; rows: PassRow[] }[]): Promise<readonly PassResult[]> {
    const results = await this.model.pass(requests, this.options);
    for (const { rows } of requests) this.rows += rows.length;
    return results;
  }
}
