import type { ChatTemplate } from "./chat/chat-template.js";
import type { PieceDecoder } from "./decoding/stage.js";

export interface EncodeOptions {
  /** Add what the model expects around a text, such as the token that begins it. Default true. */
  readonly addSpecialTokens?: boolean;
}

export interface DecodeOptions {
  /** Leave special tokens out of the text. Default false. */
  readonly skipSpecialTokens?: boolean;
}

/** Text to token ids and back. Stateless: one may serve any number of requests at once. */
export interface Tokenizer {
  /** One more than the greatest id; a model's embedding has at least this many rows. */
  readonly vocabularySize: number;
  /** Id of the token that begins a text; undefined when there is none. */
  readonly bosToken: number | undefined;
  /** Id of the token that ends a text; undefined when there is none. */
  readonly eosToken: number | undefined;
  readonly specialIds: ReadonlySet<number>;
  /** How the model's makers write a conversation; undefined when the files hold no template. */
  readonly chatTemplate: ChatTemplate | undefined;
  isSpecial(id: number): boolean;
  /** Special tokens that are spelt out in the text become their ids, as in Hugging Face's tokenizers. */
  encode(text: string, options?: EncodeOptions): number[];
  /** @throws UnknownTokenError for an id without a token. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** A fresh decoder of token strings, for one text; {@link createDetokenizer} is its form for ids. */
  startDecoding(): PieceDecoder;
}
