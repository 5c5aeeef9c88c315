/**
 * What the thread multiplies behind the stretch that it is given next: the tile with which the first of four streams begins, how far they
 * are apart, and the bytes of a tile. An instance of the kernels is one thread's.
 */
export let nextTiles: usize = 0;
export let nextApart: usize = 0;
export let nextBytes: usize = 0;

/** @param units tiles of the stretch; none where nothing is known to follow */
export function comesNext(tiles: usize, units: usize, tileBytes: usize): void {
  nextTiles = tiles;
  nextApart = (units / 4) * tileBytes;
  nextBytes = units > 0 ? tileBytes : 0;
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
