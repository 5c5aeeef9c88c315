import { InvalidArgumentError, KeptText } from "@anabranch/core";
import type { ChatMessage, ChatTemplate } from "@anabranch/tokenizers";
import type { GenerateOptions } from "../generate/generate-options.js";
import {
  createGeneration,
  type GeneratedToken,
  type Generation,
  type Pieces,
  type PromptReport,
} from "../generate/generation.js";
import { textPieces } from "../generate/pieces.js";
import type { LoadedModel } from "../model/loaded-model.js";
import { ChatPrompt } from "./chat-prompt.js";
import { noChatTemplate } from "./no-chat-template.js";

/** A conversation's beginning, and settings for each of its turns (a turn's own go before them). */
export interface ChatOptions extends Omit<GenerateOptions, "keep"> {
  /** The system message: what the model is told before the conversation. */
  readonly system?: string;
  /** Turns that came before, to go on from. */
  readonly messages?: readonly ChatMessage[];
  /**
   * Whether keys and values stay between turns, so that only what is new in a prompt runs; default true. They take memory
   * until {@link Chat.dispose}.
   */
  readonly keepCache?: boolean;
}

/** Settings of one turn. */
export type TurnOptions = Omit<GenerateOptions, "keep">;

/**
 * A conversation. A turn enters the history when its answer has come to its end, cut short by `maxTokens` or a stop string
 * included; one that is aborted, fails or is left early leaves the history as it was, and the chat goes on from there.
 *
 * With `overflow: "slide"` the oldest turns are left out of the prompt when the context is full, as few whole turns as
 * bring it down to half of the context, and where the last turn alone is too long, its beginning. The system message
 * stays; so does `messages`, the whole history.
 */
export class Chat {
  readonly #template: ChatTemplate;
  readonly #kept: KeptText;
  readonly #options: ChatOptions;
  readonly #prompt: ChatPrompt;
  #messages: readonly ChatMessage[];
  #answering = false;

  /** @throws UnsupportedError when the model has no chat template */
  constructor(
    private readonly parts: LoadedModel,
    options: ChatOptions = {},
  ) {
    const { model, adapter, tokenizer, name } = parts;
    if (tokenizer.chatTemplate === undefined) throw noChatTemplate(name);
    const { system, messages = [] } = options;
    this.#template = tokenizer.chatTemplate;
    this.#kept = new KeptText(model, adapter);
    this.#options = options;
    this.#messages = [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages];
    this.#prompt = new ChatPrompt(this.#template, tokenizer, model.capabilities.maxPositions);
  }

  /** The history, the system message first. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /**
   * Takes a turn. Loop over the answer, or await its `text()`; nothing runs before.
   *
   * @param message what the user says, or a message of another role
   * @throws InvalidArgumentError while the answer before is still looped over, or when the template refuses the message;
   *   and what generating throws; all while the answer is looped over
   */
  send(message: string | ChatMessage, options: TurnOptions = {}): Generation {
    return createGeneration((report) => this.#answer(message, options, report));
  }

  /** Frees the keys and values that are kept. The chat may go on; the next turn computes them anew. */
  async dispose(): Promise<void> {
    await this.#kept.dispose();
  }

  async *#answer(message: string | ChatMessage, turn: TurnOptions, report: (prompt: PromptReport) => void): Pieces {
    if (this.#answering) {
      throw new InvalidArgumentError("The chat is still giving its last answer.", {
        subject: "send",
        cure: "Read that answer to its end, or abort it; for a conversation beside this one, begin another chat.",
      });
    }
    this.#answering = true;
    try {
      const messages = [...this.#messages, typeof message === "string" ? { role: "user", content: message } : message];
      const { prompt, shorten } = this.#prompt.of(messages);
      const onPrompt = ({ length: tokens }: readonly number[], kept: number): void => report({ tokens, kept });
      const pieces = textPieces(this.parts, this.#kept, {
        prompt,
        shorten,
        onPrompt,
        options: { ...this.#options, ...turn },
      });
      let content = "";
      const finish = yield* tapped(pieces, ({ text }) => {
        content += text;
      });
      this.#messages = [...messages, { role: "assistant", content }];
      return finish;
    } finally {
      this.#answering = false;
      if (this.#options.keepCache === false) await this.#kept.dispose();
    }
  }
}

/** The same pieces, with a listener. */
async function* tapped(pieces: Pieces, listen: (piece: GeneratedToken) => void): Pieces {
  try {
    for (;;) {
      const result = await pieces.next();
      if (result.done === true) return result.value;
      listen(result.value);
      yield result.value;
    }
  } finally {
    await pieces.return(undefined as never); // Does nothing to pieces that have ended.
  }
}
