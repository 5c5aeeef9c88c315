import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Utf8Assembler } from "./utf8-assembler.js";

// Bytes at the borders of UTF-8's rules come up more often than at random.
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xbb, 0xf0, 0x90, 0xf4, 0x8f, 0xf5),
);

describe("Utf8Assembler", () => {
  it("gives what decoding all bytes at once gives, however they are cut", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .uint8Array({ maxLength: 3 })
            .chain((bytes) => fc.array(byte, { maxLength: 4 }).map((more) => [...bytes, ...more])),
        ),
        (portions) => {
          const assembler = new Utf8Assembler();
          const text =
            portions.map((portion) => assembler.push(Uint8Array.from(portion))).join("") + assembler.finish();
          const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(portions.flat()));
          expect(text).toBe(whole);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("holds a character back until its last byte, and not one byte longer", () => {
    for (const character of ["é", "€", "🍜", "\u{10ffff}", "\ufeff"]) {
      const assembler = new Utf8Assembler();
      const bytes = [...new TextEncoder().encode(character)];
      const pieces = bytes.map((value) => assembler.push(Uint8Array.of(value)));
      expect(pieces).toEqual([...bytes.slice(1).map(() => ""), character]);
      expect(assembler.isEmpty).toBe(true);
    }
  });

  it("does not hold back bytes that no further byte can make a character", () => {
    for (const bytes of [[0xc1], [0xf5], [0xe0, 0x80], [0xed, 0xa0], [0xf0, 0x8f], [0xf4, 0x90]]) {
      expect(new Utf8Assembler().push(Uint8Array.from(bytes))).toBe("\ufffd".repeat(bytes.length));
    }
  });
});
