import { type SqlToken, sqlTokens, unquoted } from "./sql-tokens.js";

/** What a query wants of a column: its value compared with a constant. */
export interface SqlCondition {
  /** In lower case, without its table. */
  readonly column: string;
  readonly operator: "=" | "!=" | "<" | ">" | "<=" | ">=" | "like";
  readonly value: string | number;
}

const operators: Readonly<Record<string, SqlCondition["operator"]>> = {
  "=": "=",
  "==": "=",
  is: "=",
  "!=": "!=",
  "<>": "!=",
  "<": "<",
  ">": ">",
  "<=": "<=",
  ">=": ">=",
  like: "like",
};

/**
 * The comparisons of a query's columns with constants, wherever they stand: `column = "text"`, `t.column > 3`,
 * `column BETWEEN 1 AND 5` (two of them), `column IN ('a', 'b')` (the first). What is negated by NOT is left out.
 */
export function sqlConditions(query: string): SqlCondition[] {
  const tokens = sqlTokens(query);
  const found: SqlCondition[] = [];
  tokens.forEach((token, at) => {
    const column = nameOf(token);
    const next = tokens[at + 1];
    if (column === undefined || next === undefined) return;
    const add = (operator: SqlCondition["operator"], place: number): void => {
      const value = constantAt(tokens, place);
      if (value !== undefined) found.push({ column, operator, value });
    };
    const word = next.text.toLowerCase();
    const operator = next.kind === "quoted" || !Object.hasOwn(operators, word) ? undefined : operators[word];
    if (operator !== undefined) add(operator, at + 2);
    else if (word === "between") {
      add(">=", at + 2);
      const and = tokens.findIndex((other, place) => place > at + 2 && other.text.toLowerCase() === "and");
      if (and !== -1) add("<=", and + 1);
    } else if (word === "in" && tokens[at + 2]?.text === "(") add("=", at + 3);
  });
  return found;
}

function nameOf(token: SqlToken): string | undefined {
  const word = token.text.toLowerCase();
  if (token.kind === "word") return word === "not" ? undefined : word;
  return token.kind === "quoted" && !token.text.startsWith("'") ? unquoted(token).toLowerCase() : undefined;
}

function constantAt(tokens: readonly SqlToken[], at: number): string | number | undefined {
  const token = tokens[at];
  if (token?.text === "-" && tokens[at + 1]?.kind === "number") return -Number(tokens[at + 1]?.text);
  if (token?.kind === "number") return Number(token.text);
  // SQLite takes "..." for a text where no column is called so.
  return token?.kind === "quoted" && /^['"]/.test(token.text) ? unquoted(token) : undefined;
}
