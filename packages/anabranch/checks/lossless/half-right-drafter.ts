import { type Drafter, type DraftTree, ROOT, seededRandom } from "@anabranch/core";

export interface HalfRightOptions {
  /** Runs streams and drafts from them; its nodes stand beside those that are grafted in. */
  readonly streams: Drafter;
  /** The text as it will come out, prompt included. */
  readonly text: readonly number[];
  /** Levels that are grafted in. */
  readonly depth: number;
  readonly vocabularySize: number;
  readonly seed: number;
}

/**
 * A draft of which every level is right half of the time, whatever its streams are worth: below what was right so far stand a
 * wrong token and, as often as not, the right one, and the next level goes on below whichever came last. So there are accepted
 * paths, rejected branches beside them, and rejected branches that are several rows deep.
 */
export function halfRightDrafter(options: HalfRightOptions): Drafter {
  const { streams, text, depth, vocabularySize } = options;
  const random = seededRandom(options.seed);
  return {
    name: `half-right+${streams.name}`,
    streamsInPass: streams.streamsInPass,
    ...(streams.read !== undefined && { read: streams.read }),
    async draft(context) {
      const own = await streams.draft(context);
      const next = context.tokens.length + 1;
      const grafted = new Tree();
      let parent = ROOT;
      for (const token of text.slice(next, next + Math.min(depth, context.depth))) {
        const wrong = grafted.add((token + 1) % vocabularySize, parent);
        parent = random() < 0.5 ? grafted.add(token, parent) : wrong;
      }
      const places: number[] = [];
      own.tokens.forEach((token, node) => {
        const above = own.parents[node] as number;
        places.push(grafted.add(token, above === ROOT ? ROOT : (places[above] as number)));
      });
      return grafted.draft();
    },
  };
}

class Tree {
  readonly #tokens: number[] = [];
  readonly #parents: number[] = [];

  /** A node, or the one that is there already. */
  add(token: number, parent: number): number {
    const known = this.#tokens.findIndex((other, node) => other === token && this.#parents[node] === parent);
    if (known >= 0) return known;
    this.#parents.push(parent);
    return this.#tokens.push(token) - 1;
  }

  draft(): DraftTree {
    return { tokens: this.#tokens, parents: this.#parents, logProbs: this.#tokens.map(() => Math.log(0.5)) };
  }
}
