import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GeneratedToken } from "./generation.js";
import { HeldPieces } from "./held-pieces.js";

const piece = (text: string, index: number): GeneratedToken => ({
  text,
  token: index,
  fromDraft: false,
  pass: index,
  milliseconds: index,
});

/** What comes out, piece by piece, and whether a stop string ended it. */
function fed(texts: readonly string[], stops: readonly string[]) {
  const held = new HeldPieces(stops);
  const released: GeneratedToken[] = [];
  for (const [index, text] of texts.entries()) {
    released.push(...held.push(piece(text, index)));
    if (held.stopped) return { released, stopped: true };
  }
  return { released: [...released, ...held.flush()], stopped: false };
}

/** The definition, character by character: the text before the first stop string to be complete. */
function cut(text: string, stops: readonly string[]): { text: string; stopped: boolean } {
  for (let end = 1; end <= text.length; end++) {
    const complete = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    if (complete.length === 0) continue;
    return { text: text.slice(0, end - Math.max(...complete.map(({ length }) => length))), stopped: true };
  }
  return { text, stopped: false };
}

// Two letters, so that stop strings overlap with themselves, with each other and with what only looks like them.
const letters = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom("a", "b"), { minLength, maxLength }).map((list) => list.join(""));

describe("stop strings", () => {
  it("end a text where its pieces joined hold one, however it is cut into pieces", () => {
    const pieces = fc.array(letters(0, 4), { maxLength: 12 });
    const stops = fc.array(letters(1, 4), { maxLength: 3 });
    fc.assert(
      fc.property(pieces, stops, (texts, strings) => {
        const { released, stopped } = fed(texts, strings);
        expect({ text: released.map(({ text }) => text).join(""), stopped }).toEqual(cut(texts.join(""), strings));
        // In order, and none twice.
        const tokens = released.map(({ token }) => token);
        expect(tokens).toEqual(tokens.map((_, index) => index));
      }),
      { numRuns: 2000 },
    );
  });

  it("hold back what may still become one, and no more", () => {
    const held = new HeldPieces(["<end>", "\n\n"]);
    const texts = ["Hello", " <", "e", "m>", " x\n", "\n"];
    const released = texts.map((text, index) => held.push(piece(text, index)).map((one) => one.text));
    expect(released).toEqual([["Hello"], [], [], [" <", "e", "m>"], [], [" x"]]);
    expect(held.stopped).toBe(true);
  });

  it("are refused when empty", () => {
    expect(() => new HeldPieces([""])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", subject: "stop" }));
  });
});
