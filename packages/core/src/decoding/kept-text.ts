import type { AdapterHandle } from "../contract/adapter-handle.js";
import type { BackendModel } from "../contract/model.js";
import type { Sequence } from "../contract/sequence.js";
import { AnabranchError } from "../errors/index.js";
import { type DecodeOptions, decode } from "./decode.js";
import type { Step } from "./step.js";

/** What {@link KeptText.decode} takes: `prompt` is the whole text, whatever is kept of it. */
export type KeptDecodeOptions = Omit<DecodeOptions, "model" | "sequence" | "committed">;

/**
 * Keys and values that outlive a text, for the next one that begins as this one did: a chat's next turn, or the same long
 * instructions before another question. A prompt's common prefix with what is held is kept, the rest is rolled back, and only
 * what is new runs.
 *
 * The text is what decoding it from nothing gives. That is why a shared-mode adapter keeps prompts only: beside emitted
 * rows the main stream saw its streams, and beside a prompt's it must not. (With kernels whose results for a row depend on the
 * rows beside it, near-ties may fall the other way, as for any two ways to cut a prompt into passes.)
 */
export class KeptText {
  #sequence: Sequence | undefined;
  /** Tokens of the text; of them, the first `sequence.length` are held. */
  #tokens: readonly number[] = [];
  /** How many of them ran as a prompt's do, without streams that the main stream sees. */
  #keepable = 0;

  constructor(
    private readonly model: BackendModel,
    private readonly adapter?: AdapterHandle,
  ) {}

  /** The tokens whose keys and values are held. */
  get tokens(): readonly number[] {
    return this.#tokens.slice(0, this.#sequence?.length ?? 0);
  }

  /** How many tokens of a prompt would not have to run: at most all but its last, since something has to. */
  reusable(prompt: readonly number[]): number {
    const most = Math.min(this.#sequence?.length ?? 0, this.#keepable, prompt.length - 1);
    let common = 0;
    while (common < most && this.#tokens[common] === prompt[common]) common++;
    return common;
  }

  /**
   * Decodes a prompt, as {@link decode} does. One decoding at a time. One that is aborted or left early keeps what it has
   * computed; after any other failure nothing is held, and the next decoding starts from nothing.
   *
   * @throws what `decode` throws
   */
  async *decode(options: KeptDecodeOptions): AsyncGenerator<Step, void, undefined> {
    const { prompt } = options;
    const { model, adapter } = this;
    try {
      this.#sequence ??= await model.createSequence(adapter === undefined ? {} : { adapter });
      const sequence = this.#sequence;
      const kept = this.reusable(prompt);
      await sequence.rollback(kept);
      const tokens = prompt.slice();
      this.#tokens = tokens;
      this.#keepable = adapter?.streams.mode === "shared" ? prompt.length - 1 : Number.POSITIVE_INFINITY;
      const continued = { committed: prompt.slice(0, kept), prompt: prompt.slice(kept) };
      for await (const step of decode({ ...options, model, sequence, ...continued })) {
        tokens.push(...step.tokens);
        yield step;
      }
    } catch (error) {
      // A call that failed half way may have left anything in the sequence.
      if (!AnabranchError.isInstance(error, "ABORTED")) await this.dispose().catch(() => undefined);
      throw error;
    }
  }

  /** Frees what is held. The next decoding starts from nothing. */
  async dispose(): Promise<void> {
    const sequence = this.#sequence;
    this.#sequence = undefined;
    this.#tokens = [];
    await sequence?.dispose();
  }
}
