import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { type Side, sideBySide } from "./side-by-side.js";

function side(title: string, ...texts: readonly string[]): Side {
  const passes = texts.map((text, pass) => ({ pieces: [{ text, fromDraft: pass > 0 }], refused: pass, at: pass + 1 }));
  return { title, recording: { tokens: texts.map(() => 0), passes, milliseconds: texts.length } };
}

describe("sideBySide", () => {
  it("shows what was there after some milliseconds", () => {
    const [titles, text, counts] = sideBySide([side("left", "a", " b", " c"), side("right", "A", " B")], 2, 100).split(
      "\n",
    );
    expect(titles).toMatch(/^left {46}right$/);
    expect(text).toMatch(/^a b {47}A B$/);
    expect(counts).toMatch(/^2 passes, 2 tokens, 2\.0 ms, 1 refused {2,}2 passes, 2 tokens, 2\.0 ms, 1 refused$/);
  });

  it("keeps to its columns, whatever the text", () => {
    const texts = fc.array(fc.string({ unit: "binary", maxLength: 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 24, max: 200 }), (left, right, columns) => {
        for (const line of sideBySide([side("left", ...left), side("right", ...right)], 99, columns).split("\n")) {
          expect(stringWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });
});
