import { sqlTokens } from "./sql-tokens.js";

/** Words of SQLite's grammar, and its aggregates, that queries are written with. Names of tables and columns keep their case. */
const keywords = new Set(
  `all and as asc avg between by case cast collate count cross current_date current_time current_timestamp desc distinct else
  end escape except exists from full glob group having in inner intersect is isnull join left like limit match max min natural
  not notnull null nulls offset on or order outer over partition regexp right select sum then total union using values when
  where window with`.split(/\s+/),
);

/**
 * A query in the form that exact match compares. Outside of quotes: keywords and aggregates are written in capitals, pieces
 * stand one space apart wherever white space was or was not, `==` is `=` and `<>` is `!=`, and semicolons at the end are gone. All
 * else stays: names keep their case, texts in quotes every character, and the kind of the quotes counts.
 */
export function normalizeSql(query: string): string {
  const pieces = sqlTokens(query).map(({ kind, text }) => {
    if (kind === "word") return keywords.has(text.toLowerCase()) ? text.toUpperCase() : text;
    if (text === "==") return "=";
    return text === "<>" ? "!=" : text;
  });
  while (pieces.at(-1) === ";") pieces.pop();
  return pieces.join(" ");
}

/** Whether two queries are the same but for white space and the case of keywords: see {@link normalizeSql}. */
export function sqlExactMatch(prediction: string, reference: string): boolean {
  return normalizeSql(prediction) === normalizeSql(reference);
}
