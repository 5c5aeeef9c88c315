import type { StageFactory } from "./stage.js";
import { Utf8Assembler } from "./utf8-assembler.js";

/**
 * SentencePiece's byte tokens `<0x00>` to `<0xFF>` back to characters.
 *
 * Bytes that are no UTF-8 give U+FFFD where they stand. Hugging Face's Rust library gives U+FFFD for every byte of the
 * whole run instead, so there a later byte changes earlier text; that cannot be streamed.
 */
export const byteFallback: StageFactory = (emit) => {
  const characters = new Utf8Assembler();
  const emitText = (text: string): void => {
    if (text !== "") emit(text);
  };
  return {
    push(token) {
      const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
      if (byte !== undefined) return emitText(characters.push(Uint8Array.of(Number.parseInt(byte, 16))));
      if (!characters.isEmpty) emitText(characters.finish());
      emit(token);
    },
    finish: () => emitText(characters.finish()),
  };
};
