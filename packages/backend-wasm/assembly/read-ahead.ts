/**
 * How many tiles ahead of the one that a stream is at the one lies that it reads next, so that it can be loaded from meanwhile; 0 where
 * none may follow. Behind the last of a quarter it is a stretch further on: of those that threads take in turn, another one has the next.
 *
 * @param tile of `quarter`, as many as each of four streams has
 * @param left full tiles from where the first stream begins to the end of the weights
 */
@inline
export function aheadOf(tile: usize, quarter: usize, left: usize): usize {
  const ahead: usize = tile + 1 < quarter ? 1 : 7 * quarter + 1;
  // Rounded up, the last bytes of what the last stream loads lie behind its tile.
  return tile + ahead + 3 * quarter + 2 <= left ? ahead : 0;
}

/** Features of a block between two looks ahead. */
export const LOOK: usize = 32;

/**
 * Loads from the four tiles that are multiplied next, so that they are in the cache by then: a part of each for every stretch of a block.
 *
 * @param touch where the first of them begins, what was loaded before added
 * @param apart from one of them to the next
 * @param touchStep bytes of each a look
 * @returns where the next part begins
 */
@inline
export function readAhead(touch: usize, apart: usize, touchStep: usize, padded: usize): usize {
  for (let feature: usize = 0; feature < padded; feature += LOOK, touch += touchStep) {
    load<i32>(touch);
    load<i32>(touch + apart);
    load<i32>(touch + 2 * apart);
    load<i32>(touch + 3 * apart);
  }
  return touch;
}
