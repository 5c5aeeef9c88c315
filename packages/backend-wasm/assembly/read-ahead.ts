import { TILE } from "./layout";

/**
 * How many tiles ahead of four tiles the next four lie that this thread multiplies, so that it can load from them meanwhile; 0 where none
 * may follow. Behind the last of a stretch they are a stretch further on: of those that threads take in turn, another one has the next.
 *
 * @param begin of the stretch; `full`: where its full tiles end
 */
@inline
export function aheadOf(tile: usize, begin: usize, full: usize, outFeatures: usize): usize {
  const ahead = tile + 8 <= full ? 4 : 2 * full - begin - tile;
  // Rounded up, the last bytes of what is loaded lie behind the four.
  return tile + ahead + 5 <= outFeatures / TILE ? ahead : 0;
}
