import type { ChatMessage } from "@anabranch/tokenizers";
import type { ChatOptions as LocalChatOptions } from "../chat/chat.js";
import type { GenerateOptions as LocalGenerateOptions } from "../generate/generate-options.js";
import type { Generation } from "../generate/generation.js";

/** Settings of a text. A drafter is named: one of one's own cannot be sent to a worker. */
export interface GenerateOptions extends Omit<LocalGenerateOptions, "drafter"> {
  readonly drafter?: "streams" | "none";
}

/** A conversation's beginning, and settings for each of its turns (a turn's own go before them). */
export interface ChatOptions
  extends Omit<GenerateOptions, "keep">,
    Pick<LocalChatOptions, "system" | "messages" | "keepCache"> {}

/** Settings of one turn. */
export type TurnOptions = Omit<GenerateOptions, "keep">;

/** A conversation; see `Chat` of Node's entry, which this is from afar. */
export interface Chat {
  /** The history, the system message first. */
  readonly messages: readonly ChatMessage[];
  /** Takes a turn. Loop over the answer, or await its `text()`; nothing runs before. */
  send(message: string | ChatMessage, options?: TurnOptions): Generation;
  /** Frees the keys and values that are kept. The chat may go on; the next turn computes them anew. */
  dispose(): Promise<void>;
}

/** A model that runs in a worker, or in this thread. Made by `load`. */
export interface LanguageModel {
  /** Where it came from. */
  readonly name: string;
  readonly adapterName: string | undefined;
  readonly backendName: string;
  /** What is not offered or not used of the model's files and of this browser (threads, storage). */
  readonly warnings: readonly string[];
  /**
   * Continues a prompt, greedily where `sampling` is absent. Any number of texts may be generated at the same time; one that is aborted, fails or is left
   * early frees its keys and values, and the model stays usable. The worker goes a few dozen pieces ahead of whoever loops.
   *
   * @param prompt text, framed by the tokenizer's special tokens; or token ids, taken as they are.
   * @throws what it throws in Node, as the same typed errors, while it is looped over
   */
  generate(prompt: string | readonly number[], options?: GenerateOptions): Generation;
  /**
   * Begins a conversation in the model's chat template.
   *
   * @throws UnsupportedError when the model has no chat template
   */
  chat(options?: ChatOptions): Chat;
  /** Frees the model and ends its worker. Texts that are still generated end with DisposedError. */
  dispose(): Promise<void>;
}
