/**
 * The first key that stands twice in one object of a JSON text, which `JSON.parse` would let pass (the last one wins).
 * The text must be valid JSON.
 */
export function findDuplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, colon] of tokens(json)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (colon) {
      const key = JSON.parse(token) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Brackets and strings, and whether a colon follows (which makes a string a key). */
function* tokens(json: string): Generator<[token: string, colon: boolean]> {
  for (const match of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    yield [match[1] ?? match[0], match[2] !== undefined];
  }
}
