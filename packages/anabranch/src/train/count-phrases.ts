import { PHRASE_WIDTH, type PhraseTable } from "@anabranch/core";

export interface CountPhrasesOptions {
  /** Tokens of a context, at most. */
  readonly longest: number;
  /** A context must have been there so often. */
  readonly minimumCount: number;
  /** And be followed by one token in such a share of places; a longer one must say something else, or be so much surer. */
  readonly leastShare: number;
  /** Contexts at most: the most frequent stay. */
  readonly most: number;
}

/** How much surer a longer context must be to stay beside a shorter one that says the same. */
const SURER = 0.1;

interface Context {
  readonly tokens: readonly number[];
  count: number;
  readonly next: Map<number, number>;
}

/** Counts what mostly follows contexts of a few tokens in texts. @param texts token ids of each */
export function countPhrases(texts: readonly (readonly number[])[], options: CountPhrasesOptions): PhraseTable {
  const kept = new Map<string, { readonly context: Context; readonly token: number; readonly share: number }>();
  // A context that was too rare has no longer ones that were not.
  let known: ReadonlySet<string> = new Set([""]);
  for (let length = 1; length <= options.longest; length++) {
    const contexts = [...contextsOf(texts, length, known)].filter(([, { count }]) => count >= options.minimumCount);
    known = new Set(contexts.map(([key]) => key));
    for (const [key, context] of contexts) {
      const [token, times] = [...context.next].reduce((best, one) => (one[1] > best[1] ? one : best));
      const share = times / (context.count + 1);
      const shorter = shorterOf(context.tokens, kept);
      const news =
        shorter === undefined ? share >= options.leastShare : token !== shorter.token || share > shorter.share + SURER;
      if (news) kept.set(key, { context, token, share });
    }
  }
  const frequent = [...kept.values()].sort((a, b) => b.context.count - a.context.count).slice(0, options.most);
  return tableOf(frequent.map(({ context: { tokens }, token, share }) => ({ tokens, token, share })));
}

/** Contexts of a length that follow one that is known, the last token of each first. */
function contextsOf(
  texts: readonly (readonly number[])[],
  length: number,
  known: ReadonlySet<string>,
): ReadonlyMap<string, Context> {
  const contexts = new Map<string, Context>();
  for (const text of texts) {
    for (let end = length; end < text.length; end++) {
      const tokens = text.slice(end - length, end).reverse();
      if (!known.has(tokens.slice(0, -1).join())) continue;
      const key = tokens.join();
      let context = contexts.get(key);
      if (context === undefined) {
        context = { tokens, count: 0, next: new Map() };
        contexts.set(key, context);
      }
      const next = text[end] as number;
      context.count++;
      context.next.set(next, (context.next.get(next) ?? 0) + 1);
    }
  }
  return contexts;
}

function shorterOf<Kept>(tokens: readonly number[], kept: ReadonlyMap<string, Kept>): Kept | undefined {
  for (let length = tokens.length - 1; length > 0; length--) {
    const found = kept.get(tokens.slice(0, length).join());
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Entry {
  readonly tokens: readonly number[];
  readonly token: number;
  readonly share: number;
}

/** The trie: shorter contexts that lead to longer ones are there too, with nothing of their own to say. */
function tableOf(entries: readonly Entry[]): PhraseTable {
  const said = new Map(entries.map((entry) => [entry.tokens.join(), entry]));
  const all = new Map<string, readonly number[]>();
  for (const { tokens } of entries) {
    for (let length = 1; length <= tokens.length; length++)
      all.set(tokens.slice(0, length).join(), tokens.slice(0, length));
  }
  const ordered = [...all].sort(([, a], [, b]) => a.length - b.length || compare(a, b));
  const places = new Map(ordered.map(([key], row) => [key, row]));
  const rows = new Int32Array(PHRASE_WIDTH * ordered.length);
  ordered.forEach(([key, tokens], row) => {
    const own = said.get(key);
    const shorter = places.get(tokens.slice(0, -1).join()) ?? -1;
    const share = Math.round(1000 * (own?.share ?? 0));
    rows.set([shorter, tokens.at(-1) as number, own?.token ?? -1, share], PHRASE_WIDTH * row);
  });
  return { rows };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((token, index) => token !== b[index]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
