import { invalidKey } from "./metadata.js";
import { type GgufVocabulary, tokenTypes } from "./vocabulary.js";

// SentencePiece's own default is 16; a longer one costs the square of its length.
const longestPiece = 256;

/**
 * Rebuilds the merges of a SentencePiece BPE, which keeps only each piece's score: every way to cut a piece into two others
 * is a merge, and the piece with the higher score comes first. As in Hugging Face's converter of Llama 2, cuts of one piece
 * stand in the order of their ids; other orders give other tokens only inside repeats, such as "aaaa".
 *
 * @param scores (id)
 */
export function mergesFromScores(
  { tokens, types, ids }: GgufVocabulary,
  scores: readonly number[],
): [string, string][] {
  /** Ids of the pieces that merging may make or use: text, not tokens that are matched whole. */
  const apart = new Set<number>(Object.values(tokenTypes));
  const pieceId = (piece: string): number | undefined => {
    const id = ids.get(piece);
    return id === undefined || apart.has(types[id] as number) ? undefined : id;
  };
  const order = tokens.flatMap((piece, id) => (pieceId(piece) === undefined ? [] : [id]));
  // The sort is stable: equal scores stay in the order of ids.
  order.sort((left, right) => (scores[right] as number) - (scores[left] as number));
  return order.flatMap((id) => cuts(tokens[id] as string, id, pieceId));
}

/** All ways to cut a piece, earlier tokens first. */
function cuts(piece: string, id: number, pieceId: (piece: string) => number | undefined): [string, string][] {
  if (piece.length > longestPiece) throw invalidKey(`tokenizer.ggml.tokens[${id}]`, `is ${piece.length} long`);
  const found: { readonly pair: [string, string]; readonly left: number; readonly right: number }[] = [];
  for (let at = 1; at < piece.length; at++) {
    const pair: [string, string] = [piece.slice(0, at), piece.slice(at)];
    const left = pieceId(pair[0]);
    const right = left === undefined ? undefined : pieceId(pair[1]);
    if (left !== undefined && right !== undefined) found.push({ pair, left, right });
  }
  return found.sort((a, b) => a.left - b.left || a.right - b.right).map(({ pair }) => pair);
}
