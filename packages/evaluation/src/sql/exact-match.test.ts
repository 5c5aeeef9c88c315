import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizeSql, sqlExactMatch } from "./exact-match.js";
import { sqlTokens } from "./sql-tokens.js";

const query = 'SELECT MAX(year) FROM t WHERE name = "The  Mill" AND points >= 3';

describe("sqlExactMatch", () => {
  it.each([
    'select max( year ) from t where name="The  Mill" and points>=3',
    'SELECT MAX(year)\n  FROM t\n  WHERE name = "The  Mill" -- yes\n  AND points >= 3;',
    `${query} ; `,
  ])("passes over white space, comments, the end's semicolon and the case of keywords: %s", (other) => {
    expect(sqlExactMatch(other, query)).toBe(true);
  });

  it.each([
    ["a text's case", query.replace("Mill", "mill")],
    ["white space in a text", query.replace("  Mill", " Mill")],
    ["the kind of quotes", query.replaceAll('"', "'")],
    ["a name's case", query.replace("year", "Year")],
    ["an operator", query.replace(">=", ">")],
    ["a number", query.replace("3", "30")],
    ["an aggregate", query.replace("MAX", "MIN")],
    ["a condition less", query.replace(/ AND .*/, "")],
    ["a condition more", `${query} AND a = 1`],
    ["nothing", ""],
  ])("does not pass over %s", (_, other) => {
    expect(sqlExactMatch(other, query)).toBe(false);
  });

  it("holds for <> and !=, == and =", () => {
    expect(sqlExactMatch("SELECT a FROM t WHERE b <> 1 AND c == 2", "SELECT a FROM t WHERE b != 1 AND c = 2")).toBe(
      true,
    );
  });
});

describe("normalizeSql", () => {
  it("is its own normal form, whatever the text", () => {
    const piece = fc.constantFrom(
      "select",
      " ",
      '"',
      "'",
      "a",
      "A",
      "=",
      "<",
      ">",
      "1.5",
      ";",
      "--",
      "\n",
      "é",
      "[",
      "]",
    );
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const once = normalizeSql(given);
        // A quote that never ends, or the pieces of a comment, may become one when white space comes between.
        fc.pre(!/["'`[\]]|-\s*-|\/\s*\*/.test(given));
        expect(normalizeSql(once)).toBe(once);
      }),
    );
  });

  it("keeps every character outside white space and comments", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (given) => {
        fc.pre(!/--|\/\*|["'`[]/.test(given));
        expect(
          sqlTokens(given)
            .map(({ text }) => text)
            .join(""),
        ).toBe(given.replace(/\s+/g, ""));
      }),
    );
  });
});
