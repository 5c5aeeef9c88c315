import { InvalidArgumentError } from "../errors/index.js";
import { OPENING_DEPTH, type Opening, type OpeningNode } from "./opening.js";

export interface CountOpeningOptions {
  /** Tokens that a path may have, 0..256. */
  readonly depth: number;
  /** Nodes seen in fewer texts are left out; at least 1. */
  readonly minimumCount: number;
  /** A token that the prompt holds at one of its first `copyWithin` places may be written as a copy of that place. */
  readonly copyWithin: number;
}

interface Text {
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
}

/** What the next token may be put down to: the token itself, or a copy of the prompt's token at a place. */
type Source = { readonly token: number } | { readonly copy: number };

/**
 * Counts an opening over prompts and the texts that followed them. Under each node, children are chosen greedily: the one that
 * explains most texts first (a copy before a token where they explain as many), then the best for the texts left.
 *
 * @throws InvalidArgumentError for options outside what they may be.
 */
export function countOpening(texts: readonly Text[], options: CountOpeningOptions): Opening {
  const { depth, minimumCount } = options;
  if (!(depth >= 0 && depth <= OPENING_DEPTH)) {
    throw new InvalidArgumentError(`An opening of ${depth} levels was asked for; 0..${OPENING_DEPTH} are possible.`, {
      subject: "depth",
    });
  }
  if (!(minimumCount >= 1)) {
    throw new InvalidArgumentError(`A node must be seen at least once, not ${minimumCount} times.`, {
      subject: "minimumCount",
    });
  }
  return { children: countChildren(texts, 0, options) };
}

function countChildren(texts: readonly Text[], depth: number, options: CountOpeningOptions): OpeningNode[] {
  if (depth >= options.depth) return [];
  const children: OpeningNode[] = [];
  let left = texts.filter(({ completion }) => depth < completion.length);
  while (left.length >= options.minimumCount) {
    const { source, count } = bestSource(left, depth, options.copyWithin);
    if (count < options.minimumCount) break;
    const explains = ({ prompt, completion }: Text): boolean =>
      completion[depth] === ("copy" in source ? prompt[source.copy] : source.token);
    const explained = countChildren(left.filter(explains), depth + 1, options);
    children.push({ ...source, probability: count / texts.length, children: explained });
    left = left.filter((text) => !explains(text));
  }
  return children;
}

function bestSource(texts: readonly Text[], depth: number, copyWithin: number): { source: Source; count: number } {
  const tokens = new Map<number, number>();
  const copies = new Map<number, number>();
  const add = (counts: Map<number, number>, key: number): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { prompt, completion } of texts) {
    const token = completion[depth] as number;
    add(tokens, token);
    for (let place = 0; place < Math.min(copyWithin, prompt.length); place++) {
      if (prompt[place] === token) add(copies, place);
    }
  }
  const [token, seen] = most(tokens);
  const [copy, copied] = most(copies);
  return copied >= seen ? { source: { copy }, count: copied } : { source: { token }, count: seen };
}

/** The key with the highest count, and that count; the first counted among equals. */
function most(counts: ReadonlyMap<number, number>): [key: number, count: number] {
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
}
