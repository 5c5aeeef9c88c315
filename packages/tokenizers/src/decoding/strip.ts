import type { StageFactory } from "./stage.js";

/** Takes up to `start` leading and `stop` trailing `character`s off each piece. */
export function stripPieces(character: string, start: number, stop: number): StageFactory {
  return (emit) => ({
    push: (piece) => emit(stripEnds(piece, character, start, stop)),
    finish: () => {},
  });
}

/** The same on a text that arrives in pieces: its end is only known at the end, so that is held back. */
export function stripText(character: string, start: number, stop: number): StageFactory {
  return (emit) => {
    let toDrop = start;
    let held = "";
    return {
      push(piece) {
        const leading = countLeading(piece, character, toDrop);
        // Anything but the character ends the beginning of the text.
        toDrop = leading < piece.length ? 0 : toDrop - leading;
        const text = held + piece.slice(leading);
        const kept = text.length - countTrailing(text, character, stop);
        held = text.slice(kept);
        emit(text.slice(0, kept));
      },
      finish: () => {},
    };
  };
}

function stripEnds(text: string, character: string, start: number, stop: number): string {
  const rest = text.slice(countLeading(text, character, start));
  return rest.slice(0, rest.length - countTrailing(rest, character, stop));
}

function countLeading(text: string, character: string, limit: number): number {
  let count = 0;
  while (count < Math.min(limit, text.length) && text[count] === character) count++;
  return count;
}

function countTrailing(text: string, character: string, limit: number): number {
  let count = 0;
  while (count < Math.min(limit, text.length) && text[text.length - 1 - count] === character) count++;
  return count;
}
