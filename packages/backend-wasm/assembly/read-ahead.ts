import { TILE } from "./layout";

/**
 * How many tiles ahead of those that a thread's four streams are at the next ones lie, so that it can load from them meanwhile; 0 where
 * none may follow. Behind the last they are a stretch further on: of stretches that threads take in turn, another one has the next.
 *
 * @param tile of `quarter`, which each stream goes through
 * @param begin of the stretch
 */
@inline
export function aheadOf(tile: usize, quarter: usize, begin: usize, outFeatures: usize): usize {
  const ahead: usize = tile + 1 < quarter ? 1 : 7 * quarter + 1;
  // Rounded up, the last bytes of what is loaded lie behind the fourth tile.
  return begin + tile + ahead + 3 * quarter + 2 <= outFeatures / TILE ? ahead : 0;
}
