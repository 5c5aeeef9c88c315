/** A piece of a query. */
export interface SqlToken {
  /** word: a bare keyword, name or function; quoted: text within quotes of any kind, the quotes included. */
  readonly kind: "word" | "number" | "quoted" | "symbol";
  readonly text: string;
}

/** Quotes of texts ('...', which SQLite lets "..." be too) and of names ("...", `...`, [...]); comments; all the rest. */
const patterns = [
  ["space", /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ["quoted", /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ["number", /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+/y],
  ["word", /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ["symbol", /<=|>=|<>|!=|==|\|\||[\s\S]/uy],
] as const;

/** Cuts a query into pieces; white space and comments between them are gone. Never throws: what is no SQL becomes symbols. */
export function sqlTokens(query: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < query.length; ) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const text = pattern.exec(query)?.[0];
      if (text === undefined) continue;
      if (kind !== "space") tokens.push({ kind, text });
      at += text.length;
      break;
    }
  }
  return tokens;
}

/** What quotes hold, a doubled quote inside being one. */
export function unquoted({ text }: SqlToken): string {
  const quote = text.at(-1) as string;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
