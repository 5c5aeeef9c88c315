import fc from "fast-check";

/** Places to cut a range at, as shares of it: how threads may divide the work. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 4,
});

/** Runs a kernel on 0..count in pieces, the last piece first: none may lean on another. */
export function inPieces(count: number, at: readonly number[], run: (begin: number, end: number) => void): void {
  const bounds = [0, ...at.map((share) => Math.round(share * count)).sort((a, b) => a - b), count];
  for (let piece = bounds.length - 1; piece > 0; piece--) run(bounds[piece - 1] as number, bounds[piece] as number);
}
