import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { porterStem } from "./porter-stemmer.js";

describe("porterStem", () => {
  // Computed with nltk 3.10.4, PorterStemmer().stem(word), the stemmer inside rouge_score.
  it.each(
    (
      "caresses>caress ponies>poni dies>die flies>fli cats>cat died>die spied>spi feed>feed agreed>agre plastered>plaster " +
      "conflated>conflat troubled>troubl sized>size hopping>hop falling>fall filing>file failing>fail happy>happi by>by " +
      "enjoy>enjoy display>display displays>display relational>relat emotionally>emot skillfully>skill geology>geolog " +
      "archaeology>archaeolog hopefulness>hope triplicate>triplic adoption>adopt replacement>replac probate>probat " +
      "rate>rate cease>ceas controlling>control rolling>roll dying>die skies>sky using>use innings>inning syzygy>syzygi"
    )
      .split(" ")
      .map((pair) => pair.split(">") as [string, string]),
  )("%s -> %s", (word, stem) => {
    expect(porterStem(word)).toBe(stem);
  });

  it("never makes a word longer and never empties one", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."aeioubcdglnrstvyz"), minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(
        letters,
        fc.constantFrom("", "ing", "ied", "ational", "alli", "fulli", "ement", "ion"),
        (root, end) => {
          const stem = porterStem(root + end);
          expect(stem.length).toBeLessThanOrEqual((root + end).length);
          expect(stem).not.toBe("");
        },
      ),
    );
  });
});
