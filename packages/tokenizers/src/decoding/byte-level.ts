import { characterBytes } from "../byte-alphabet.js";
import type { StageFactory } from "./stage.js";
import { Utf8Assembler, unfinishedLength } from "./utf8-assembler.js";

interface BytePiece {
  readonly bytes: Uint8Array;
  /** The text of the bytes where they are whole characters by themselves: most tokens, and then no bytes are touched. */
  readonly text: string | undefined;
}

/** GPT-2's decoder: each character of a token is a byte; added tokens stand for themselves. */
export function byteLevel(addedTokens: ReadonlySet<string>): StageFactory {
  const pieces = new Map<string, BytePiece | undefined>();
  const pieceOf = (token: string): BytePiece | undefined => {
    if (!pieces.has(token)) pieces.set(token, addedTokens.has(token) ? undefined : readPiece(token));
    return pieces.get(token);
  };
  return (emit) => {
    const characters = new Utf8Assembler();
    return {
      push(token) {
        const piece = pieceOf(token);
        if (piece === undefined) emit(characters.finish() + token);
        else if (piece.text !== undefined && characters.isEmpty) emit(piece.text);
        else emit(characters.push(piece.bytes));
      },
      finish: () => emit(characters.finish()),
    };
  };
}

/** Undefined for a token that is not spelt in the byte alphabet: it stands for itself. */
function readPiece(token: string): BytePiece | undefined {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = characterBytes.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  const array = Uint8Array.from(bytes);
  return { bytes: array, text: wholeText(array) };
}

function wholeText(bytes: Uint8Array): string | undefined {
  if (unfinishedLength(bytes) > 0) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
