/**
 * The first key that stands twice in one object of a JSON text, which `JSON.parse` would let pass (the last one wins).
 * The text must be valid JSON.
 */
export function findDuplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const structural = /["{}[\]]/g;
  for (let match = structural.exec(json); match !== null; match = structural.exec(json)) {
    const [character] = match;
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character !== '"') open.pop();
    else {
      const end = endOfString(json, match.index);
      structural.lastIndex = end;
      if (!isKey(json, end)) continue;
      const key = JSON.parse(json.slice(match.index, end)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Where the string that begins at `start` ends, its closing quote included. By hand: a regular expression for it overflows the stack on megabytes. */
function endOfString(json: string, start: number): number {
  let end = start + 1;
  for (; json[end] !== '"'; end++) {
    if (json[end] === "\\") end++;
  }
  return end + 1;
}

/** A colon comes next, white space aside. */
function isKey(json: string, end: number): boolean {
  const colon = /[^ \t\n\r]/g;
  colon.lastIndex = end;
  return colon.exec(json)?.[0] === ":";
}
