/**
 * GPT-2's 256 printable characters that stand for the 256 bytes, by byte. Printable Latin-1 stands for itself; the
 * other 68 bytes, in order, take the characters from U+0100 on.
 */
export const byteCharacters: readonly string[] = makeAlphabet();

/** The byte that each character of the alphabet stands for. */
export const characterBytes: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);

/** Writes text as byte characters, one for each UTF-8 byte: what a byte-level vocabulary is spelt in. */
export function toByteCharacters(text: string): string {
  let characters = "";
  for (const byte of new TextEncoder().encode(text)) characters += byteCharacters[byte];
  return characters;
}

function makeAlphabet(): string[] {
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(printable ? byte : 0x100 + moved++);
  });
}
