/**
 * How many tiles ahead of the one that a stream is at the one lies that it reads next, so that it can be loaded from meanwhile; 0 where
 * none may follow. Behind the last of a quarter it is a stretch further on: of those that threads take in turn, another one has the next.
 *
 * @param tile of `quarter`, as many as each of four streams has
 * @param left full tiles from where the first stream begins to the end of the weights
 */
@inline
export function aheadOf(tile: usize, quarter: usize, left: usize): usize {
  const ahead = tile + 1 < quarter ? 1 : 7 * quarter + 1;
  // Rounded up, the last bytes of what the last stream loads lie behind its tile.
  return tile + ahead + 3 * quarter + 2 <= left ? ahead : 0;
}
