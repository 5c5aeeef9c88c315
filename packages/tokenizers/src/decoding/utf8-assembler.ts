const none = new Uint8Array(0);
// A byte order mark inside a text is a character like any other: keep it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Joins bytes that arrive in any portions to characters. Holds back a character's first bytes until its last is
 * there; bytes that can no longer become a character give U+FFFD, as the WHATWG decoder has it.
 */
export class Utf8Assembler {
  #pending: Uint8Array = none;

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** The characters that `bytes` completes. */
  push(bytes: Uint8Array): string {
    const all = this.isEmpty ? bytes : concatenate(this.#pending, bytes);
    const end = all.length - unfinishedLength(all);
    this.#pending = all.slice(end);
    return decoder.decode(all.subarray(0, end));
  }

  /** Ends the text: U+FFFD when a character is cut short, otherwise nothing. */
  finish(): string {
    const rest = decoder.decode(this.#pending);
    this.#pending = none;
    return rest;
  }
}

/** How many bytes at the end begin a character that further bytes could still complete: 0 to 3. */
export function unfinishedLength(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length] as number;
    if (byte >= 0xc2 && byte <= 0xf4) {
      const whole = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      if (length >= whole) return 0;
      return length === 1 || isSecondByte(byte, bytes[bytes.length - length + 1] as number) ? length : 0;
    }
    if (byte < 0x80 || byte > 0xbf) return 0;
  }
  return 0;
}

/** Overlong forms, surrogates and code points past U+10FFFF show in the second byte (Unicode, table 3-7). */
function isSecondByte(first: number, second: number): boolean {
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const greatest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= greatest;
}

function concatenate(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
