import fc from "fast-check";

/** Any text: every code point but lone surrogates, which are no text. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(" ", "  ", "\n", "the", " the", "Café", "🍜", "👩‍👩‍👧", "日本", "\u0085", "\ufeff", "'s", "12"),
    )
    .map((parts) => parts.join("")),
);

/** True for text that ends or begins inside a surrogate pair. */
export function hasHalfCharacter(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
