/**
 * Numbers of one row of a {@link PhraseTable}: the row of the context that this one makes longer (-1: none), the token that it
 * adds before it, the token that mostly follows (-1: the shorter context knows as well), and in how many of a thousand places.
 */
export const PHRASE_WIDTH = 4;

/**
 * How the texts of a model go on after contexts of a few tokens: a trie whose root is the end of a text and whose branches go back
 * in it. Contexts stand behind those that they make longer. Plain data, so that it travels in files and between threads.
 */
export interface PhraseTable {
  /** [n, 4] */
  readonly rows: Int32Array;
}
