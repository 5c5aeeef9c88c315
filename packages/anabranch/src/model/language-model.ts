import type { AdapterHandle, BackendModel, Opening, Step } from "@anabranch/core";
import { decode, throwIfAborted } from "@anabranch/core";
import { createDetokenizer, type Tokenizer } from "@anabranch/tokenizers";
import { type DraftingOptions, makeDrafter } from "./drafting.js";
import { nextTurn } from "./next-turn.js";

export interface GenerateOptions extends DraftingOptions {
  /** Most tokens to generate. Default 256. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
  /** Hears of every pass as it ends. */
  readonly onStep?: (step: Step) => void;
}

/** A token as it comes. */
export interface GeneratedToken {
  /**
   * What it adds to the text, so that prompt and pieces joined are the whole; empty for a special token, and for half a
   * character, whose text comes with the token that completes it.
   */
  readonly text: string;
  /** Its id; undefined for text that only the end of generation released (half a character, as U+FFFD). */
  readonly token: number | undefined;
  /** True when it was drafted and accepted, false when the main stream issued it. */
  readonly fromDraft: boolean;
  /** The pass that it came from, 0 for the prompt's. Tokens of one pass come at once. */
  readonly pass: number;
  /** Milliseconds since generation began. */
  readonly milliseconds: number;
}

interface LanguageModelParts {
  readonly name: string;
  readonly adapterName: string | undefined;
  readonly backendName: string;
  readonly model: BackendModel;
  readonly tokenizer: Tokenizer;
  readonly adapter: AdapterHandle | undefined;
  readonly opening: Opening | undefined;
  readonly stopTokens: ReadonlySet<number>;
}

/** A model with its tokenizer and, where it was loaded with one, its stream adapter. Made by `load`. */
export class LanguageModel {
  /** The folder that it was loaded from. */
  readonly name: string;
  /** The adapter's folder. */
  readonly adapterName: string | undefined;
  readonly backendName: string;
  /** The backend's model, for whoever wants to drive passes. */
  readonly model: BackendModel;
  readonly tokenizer: Tokenizer;
  readonly adapter: AdapterHandle | undefined;
  /** How texts begin, as the adapter counted it; drafted with the prompt's pass. */
  readonly opening: Opening | undefined;
  /** Tokens that end a text. */
  readonly stopTokens: ReadonlySet<number>;

  constructor(parts: LanguageModelParts) {
    this.name = parts.name;
    this.adapterName = parts.adapterName;
    this.backendName = parts.backendName;
    this.model = parts.model;
    this.tokenizer = parts.tokenizer;
    this.adapter = parts.adapter;
    this.opening = parts.opening;
    this.stopTokens = parts.stopTokens;
  }

  /**
   * Continues a prompt, greedily. End tokens end the text and are not part of it.
   *
   * @param prompt text, framed by the tokenizer's special tokens; or token ids, taken as they are.
   * @throws AbortedError, ContextOverflowError, UnsupportedError, UnknownTokenError, DisposedError, BackendFailedError
   */
  async *generate(
    prompt: string | readonly number[],
    options: GenerateOptions = {},
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    const start = performance.now();
    const ids = this.#encode(prompt);
    const detokenizer = createDetokenizer(this.tokenizer, { skipSpecialTokens: true });
    // The text goes on from the prompt: at its own beginning a tokenizer's decoder may drop a space.
    for (const id of ids) detokenizer.push(id);
    let pass = 0;
    for await (const step of this.steps(ids, options)) {
      options.onStep?.(step);
      const milliseconds = performance.now() - start;
      for (const [index, token] of step.tokens.entries()) {
        if (this.stopTokens.has(token)) continue;
        yield { text: detokenizer.push(token), token, fromDraft: index < step.fromDraft, pass, milliseconds };
      }
      pass++;
    }
    const rest = detokenizer.flush();
    if (rest !== "")
      yield { text: rest, token: undefined, fromDraft: false, pass, milliseconds: performance.now() - start };
  }

  /**
   * The decoding loop's own events, a step for each pass; stop tokens included.
   *
   * @throws what {@link generate} throws.
   */
  async *steps(
    prompt: string | readonly number[],
    options: GenerateOptions = {},
  ): AsyncGenerator<Step, void, undefined> {
    const { model, adapter, opening, stopTokens } = this;
    throwIfAborted(options.signal, "Generation");
    const drafter = await makeDrafter(model, adapter, opening, options);
    const sequence = await model.createSequence(adapter === undefined ? {} : { adapter });
    try {
      const steps = decode({
        model,
        sequence,
        prompt: this.#encode(prompt),
        drafter,
        stopTokens,
        ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      for await (const step of steps) {
        yield step;
        await nextTurn();
      }
    } finally {
      await sequence.dispose();
    }
  }

  /** Frees the model. Generations that still run end with DisposedError. */
  async dispose(): Promise<void> {
    await this.model.dispose();
  }

  #encode(prompt: string | readonly number[]): readonly number[] {
    return typeof prompt === "string" ? this.tokenizer.encode(prompt) : prompt;
  }
}
