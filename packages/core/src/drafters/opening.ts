import { type DraftLimit, type DraftTree, ROOT } from "../contract/draft.js";
import { InvalidFileError } from "../errors/index.js";
import type { Drafter } from "./drafter.js";

/**
 * How texts of a task begin: a trie of the first tokens, counted over what the model wrote on training prompts. A node is a
 * token, or a copy of the prompt's token at a place (a name that the text repeats, say). Before the first pass no stream has
 * run, so without an opening the prefill issues one token only; with it the same pass verifies a draft too.
 */
export interface Opening {
  readonly children: readonly OpeningNode[];
}

export interface OpeningNode extends Opening {
  /** A token, or undefined for a copy. */
  readonly token?: number;
  /** Place in the prompt, counted from its first token, whose token stands here. */
  readonly copy?: number;
  /** Share of the texts that reach the parent and go on with this node; 0..1. */
  readonly probability: number;
}

/** The most probable nodes of an opening for a prompt, as a draft that follows it. */
export function openingDraft(opening: Opening, prompt: readonly number[], limit: DraftLimit): DraftTree {
  const tokens: number[] = [];
  const parents: number[] = [];
  const logProbs: number[] = [];
  type Candidate = { node: OpeningNode; parent: number; token: number; joint: number; depth: number };
  let frontier: Candidate[] = [];
  const offer = (from: Opening, parent: number, joint: number, depth: number): void => {
    if (depth > (limit.depth ?? Number.POSITIVE_INFINITY)) return;
    const seen = new Set<number>();
    for (const node of from.children) {
      const token = node.token ?? prompt[node.copy as number];
      if (token === undefined || seen.has(token) || seen.size >= limit.topK) continue;
      seen.add(token);
      frontier.push({ node, parent, token, joint: joint * node.probability, depth });
    }
  };
  offer(opening, ROOT, 1, 1);
  while (tokens.length < limit.nodes && frontier.length > 0) {
    const best = frontier.reduce((a, b) => (b.joint > a.joint ? b : a));
    frontier = frontier.filter((candidate) => candidate !== best);
    const index = tokens.push(best.token) - 1;
    parents.push(best.parent);
    logProbs.push(Math.log(best.node.probability));
    offer(best.node, index, best.joint, best.depth + 1);
  }
  return { tokens, parents, logProbs };
}

export interface CountOpeningOptions {
  /** Tokens a path may have. */
  readonly depth: number;
  /** Nodes seen in fewer texts are left out. */
  readonly minimumCount: number;
  /** A token that the prompt holds at one of its first `copyWithin` places may be written as a copy of that place. */
  readonly copyWithin: number;
}

/**
 * Counts an opening over prompts and the texts that followed them. Under each node, entries are chosen greedily: the one that
 * explains most texts first (a copy before a token where they explain as many), then the best for the texts left.
 */
export function countOpening(
  texts: readonly { readonly prompt: readonly number[]; readonly completion: readonly number[] }[],
  options: CountOpeningOptions,
): Opening {
  return { children: countChildren(texts, 0, options) };
}

function countChildren(
  texts: readonly { readonly prompt: readonly number[]; readonly completion: readonly number[] }[],
  depth: number,
  options: CountOpeningOptions,
): OpeningNode[] {
  if (depth >= options.depth) return [];
  const children: OpeningNode[] = [];
  let left = texts.filter(({ completion }) => depth < completion.length);
  const total = texts.length;
  while (left.length >= options.minimumCount) {
    const counts = new Map<string, number>();
    const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const { prompt, completion } of left) {
      const token = completion[depth] as number;
      for (let place = 0; place < Math.min(options.copyWithin, prompt.length); place++) {
        if (prompt[place] === token) count(`copy ${place}`);
      }
      count(`token ${token}`);
    }
    const [key, best] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
    if (best < options.minimumCount) break;
    const [kind, value] = key.split(" ") as [string, string];
    const explains = ({ prompt, completion }: (typeof left)[number]): boolean =>
      completion[depth] === (kind === "copy" ? prompt[Number(value)] : Number(value));
    const explained = left.filter(explains);
    children.push({
      ...(kind === "copy" ? { copy: Number(value) } : { token: Number(value) }),
      probability: best / total,
      children: countChildren(explained, depth + 1, options),
    });
    left = left.filter((text) => !explains(text));
  }
  return children;
}

/** @throws InvalidFileError when the value is not an opening; `source` names where it was read. */
export function parseOpening(value: unknown, source: string): Opening {
  const children = (value as { children?: unknown } | null)?.children;
  if (!Array.isArray(children)) throw new InvalidFileError(`${source}: an opening has a list of children.`, { subject: source });
  return { children: children.map((child) => parseNode(child, source)) };
}

function parseNode(value: unknown, source: string): OpeningNode {
  const node = (value ?? {}) as Record<string, unknown>;
  const place = node["token"] ?? node["copy"];
  const probability = node["probability"];
  const isPlace = typeof place === "number" && Number.isInteger(place) && place >= 0;
  if (!isPlace || typeof probability !== "number" || !(probability > 0 && probability <= 1)) {
    throw new InvalidFileError(`${source}: a node of the opening is neither a token nor a copy with a probability.`, {
      subject: source,
    });
  }
  const { children } = parseOpening(node, source);
  return { ...(node["token"] !== undefined ? { token: place } : { copy: place }), probability, children };
}

/** The same drafter with a draft for the pass that takes in the prompt. */
export function withOpening(drafter: Drafter, opening: Opening, limit: DraftLimit): Drafter {
  return { ...drafter, name: `${drafter.name}+opening`, open: (prompt) => openingDraft(opening, prompt, limit) };
}
