import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rouge, rougeOverSet, rougeTokens } from "./rouge.js";

// Computed with rouge_score 0.1.2 and nltk 3.10.4: RougeScorer(["rouge1", "rougeLsum"], use_stemmer).score_multi(references,
// prediction), F times 100. Columns: prediction, references, [ROUGE-1, ROUGE-Lsum] plain, the same with stemmer.
const published: [string, string[], [number, number], [number, number]][] = [
  [
    "The red lantern serves noodles by the river.",
    ["The Red Lantern serves noodles by the river."],
    [100, 100],
    [100, 100],
  ],
  [
    "The Lantern is serving cheap noodles.",
    ["Cheap noodles are served at the Lantern.", "The Lantern serves noodles, cheaply."],
    [61.538462, 54.545455],
    [76.923077, 72.727273],
  ],
  ["the cat sat on the mat the mat", ["the mat"], [40, 40], [40, 40]],
  [
    "A quiet pub.\nIt displays paintings daily.",
    ["It displayed a painting.\nThe pub is quiet."],
    [53.333333, 40],
    [80, 66.666667],
  ],
  [
    "A quiet pub. It displays paintings daily.",
    ["It displayed a painting. The pub is quiet."],
    [53.333333, 26.666667],
    [80, 40],
  ],
  ["w1 w2 w3 w4 w5", ["w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"], [53.333333, 53.333333], [53.333333, 53.333333]],
  ["b a c b\na c c", ["c a b\na a c b"], [85.714286, 85.714286], [85.714286, 85.714286]],
  ["Café 42 costs £20-25, über-nice!", ["The cafe 42 is nice: 20 to 25 pounds"], [50, 37.5], [50, 37.5]],
  ["...", ["a b"], [0, 0], [0, 0]],
  ["", ["a b"], [0, 0], [0, 0]],
];

const text = fc
  .array(
    fc.array(fc.constantFrom("inn", "river", "serves", "cheap", "tea", "noodles"), { minLength: 1, maxLength: 8 }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((sentences) => sentences.map((words) => words.join(" ")).join("\n"));

describe("rouge", () => {
  it.each(published)("gives rouge_score's numbers: %j", (prediction, references, plain, stemmed) => {
    const without = rouge(prediction, references, { stemmer: false });
    expect(without.rouge1).toBeCloseTo(plain[0], 5);
    expect(without.rougeLsum).toBeCloseTo(plain[1], 5);
    const withStemmer = rouge(prediction, references, { stemmer: true });
    expect(withStemmer.rouge1).toBeCloseTo(stemmed[0], 5);
    expect(withStemmer.rougeLsum).toBeCloseTo(stemmed[1], 5);
  });

  it("stems unless told otherwise, and says so", () => {
    expect(rouge("paintings", ["painting"])).toEqual({ rouge1: 100, rougeLsum: 100, stemmer: true });
    expect(rouge("paintings", ["painting"], { stemmer: false })).toEqual({ rouge1: 0, rougeLsum: 0, stemmer: false });
  });

  it("takes the best reference for each metric by itself", () => {
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1, maxLength: 4 }), (prediction, references) => {
        const each = references.map((reference) => rouge(prediction, [reference]));
        const all = rouge(prediction, references);
        expect(all.rouge1).toBe(Math.max(...each.map((score) => score.rouge1)));
        expect(all.rougeLsum).toBe(Math.max(...each.map((score) => score.rougeLsum)));
      }),
    );
  });

  it("is symmetric for ROUGE-1, at most 100, and 100 for the reference itself", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(rouge(a, [b]).rouge1).toBeCloseTo(rouge(b, [a]).rouge1, 9);
        expect(rouge(a, [b]).rougeLsum).toBeLessThanOrEqual(rouge(a, [b]).rouge1 + 1e-9);
        expect(rouge(a, [b, a]).rougeLsum).toBeCloseTo(100, 9);
      }),
    );
  });

  it("refuses an example without a reference", () => {
    expect(() => rouge("a", [])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describe("rougeOverSet", () => {
  it("is the mean over examples", () => {
    const score = rougeOverSet([
      { prediction: "cheap tea", references: ["cheap tea"] },
      { prediction: "cheap tea", references: ["river inn", "cheap inn"] },
    ]);
    expect(score).toEqual({ rouge1: 75, rougeLsum: 75, stemmer: true });
  });

  it("refuses an empty set", () => {
    expect(() => rougeOverSet([])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});

describe("rougeTokens", () => {
  it("lower-cases, splits at anything but a-z and 0-9, and stems words of more than three letters only", () => {
    expect(rougeTokens("The Inn's 3-star Paintings", false)).toEqual(["the", "inn", "s", "3", "star", "paintings"]);
    expect(rougeTokens("Ties, paintings & inns", true)).toEqual(["tie", "paint", "inn"]);
  });
});
