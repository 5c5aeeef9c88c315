/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool" | (string & {});
  readonly content: string;
}

/** Texts of the special tokens, under which names templates know them. Those left out are undefined in the template. */
export interface SpecialTokenTexts {
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
  readonly unkToken?: string | undefined;
  readonly padToken?: string | undefined;
}

export interface RenderChatOptions {
  /** End with what begins the assistant's answer. Default true. */
  readonly addGenerationPrompt?: boolean;
  /** Further variables of the template, such as `enable_thinking` or `tools`. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Writes a conversation as the text that the model was trained on. */
export interface ChatTemplate {
  /**
   * The text holds the special tokens already: encode it with `{ addSpecialTokens: false }`.
   *
   * @throws InvalidFileError when the template is no Jinja, naming the file and field
   * @throws InvalidArgumentError when the template refuses the messages, such as two turns of one role
   * @throws UnsupportedError when it needs what cannot be run here, or does not come to an end
   */
  render(messages: readonly ChatMessage[], options?: RenderChatOptions): string;
}

/** Jinja source of a chat template. */
export interface ChatTemplateSource {
  readonly source: string;
  /** File and field that it is from, for errors. */
  readonly origin?: string | undefined;
}
