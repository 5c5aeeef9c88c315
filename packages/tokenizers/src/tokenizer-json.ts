/** One stage of the pipeline in a tokenizer.json: a normalizer, pre-tokenizer, post-processor or decoder. */
export interface TokenizerComponent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A token matched in the raw text, before the model sees it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
  readonly special?: boolean;
}

/** The model of a tokenizer.json; `vocab` is token -> id, or for Unigram a list of [token, score]. */
export interface TokenizerModelJson {
  readonly type?: string;
  readonly vocab: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
  readonly merges?: readonly (readonly [string, string] | string)[];
  readonly [field: string]: unknown;
}

/** Hugging Face's tokenizer.json, version 1.0. Fields keep that format's names. */
export interface TokenizerJson {
  readonly version?: string;
  readonly truncation?: unknown;
  readonly padding?: unknown;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: TokenizerComponent | null;
  readonly pre_tokenizer: TokenizerComponent | null;
  readonly post_processor: TokenizerComponent | null;
  readonly decoder: TokenizerComponent | null;
  readonly model: TokenizerModelJson;
}

/** One of several chat templates; the one called `default` is used. */
export interface NamedChatTemplate {
  readonly name: string;
  readonly template: string;
}

/** The fields of tokenizer_config.json that change ids or text; all others are carried along unread. */
export interface TokenizerConfigJson {
  readonly bos_token?: string | { readonly content: string } | null;
  readonly eos_token?: string | { readonly content: string } | null;
  /** Jinja source. */
  readonly chat_template?: string | readonly NamedChatTemplate[] | null;
  readonly add_bos_token?: boolean | null;
  readonly add_eos_token?: boolean | null;
  readonly [field: string]: unknown;
}
