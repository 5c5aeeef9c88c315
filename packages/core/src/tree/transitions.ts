import { InvalidArgumentError, UnknownTokenError } from "../errors/index.js";
import { NO_TOKEN, TRANSITION_WIDTH, type TransitionCounts } from "../model/transition-counts.js";

/** Tokens that may come next, best first. */
export interface RankedTokens {
  readonly tokens: ArrayLike<number>;
  readonly logProbs: ArrayLike<number>;
}

/** What followed a context. */
interface Followers {
  readonly total: number;
  readonly counts: ReadonlyMap<number, number>;
}

/**
 * How much of a counted association two streams are credited with. Streams saw the text before the draft, which explains a
 * part of what the counts say: half was best on held-out texts of the small model (docs/decisions/transitions.md).
 */
const LIFT = 0.5;

const NOBODY: Followers = { total: 0, counts: new Map() };

/**
 * Counted transitions, ready to be asked while a draft tree is built. They know what streams cannot: which token a branch
 * of the tree took before. (A count-based relative of the Markov head of DSpark, arXiv 2607.05147.)
 */
export class Transitions {
  /** After no token. */
  readonly #alone: Followers;
  readonly #afterOne: ReadonlyMap<number, Followers>;
  readonly #afterTwo: ReadonlyMap<number, ReadonlyMap<number, Followers>>;
  readonly #ranked = new Map<Followers, RankedTokens>();

  /** @throws InvalidArgumentError for counts below 1 or a broken row; UnknownTokenError for a token not in the vocabulary. */
  constructor({ rows }: TransitionCounts, vocabularySize: number) {
    checkRows(rows, vocabularySize);
    const alone = new Gathered();
    const afterOne = new Map<number, Gathered>();
    const afterTwo = new Map<number, Map<number, Gathered>>();
    for (let at = 0; at < rows.length; at += TRANSITION_WIDTH) {
      const [before, last, token, count] = rows.subarray(at, at + TRANSITION_WIDTH) as unknown as FourNumbers;
      if (last === NO_TOKEN) alone.add(token, count);
      else if (before === NO_TOKEN) within(afterOne, last, () => new Gathered()).add(token, count);
      else {
        const inner = within(afterTwo, before, () => new Map<number, Gathered>());
        within(inner, last, () => new Gathered()).add(token, count);
      }
    }
    this.#alone = alone;
    this.#afterOne = afterOne;
    this.#afterTwo = afterTwo;
  }

  /**
   * A stream's best tokens in the light of the token before them: each log-probability moves by half of
   * log P(token | last) / P(token), and together they keep the probability that the stream gave them.
   */
  adjusted(best: RankedTokens, last: number): RankedTokens {
    const followers = this.#afterOne.get(last);
    if (followers === undefined) return best;
    const size = best.tokens.length;
    const moved = new Float64Array(size);
    let mass = 0;
    let movedMass = 0;
    for (let rank = 0; rank < size; rank++) {
      const own = best.logProbs[rank] as number;
      const token = best.tokens[rank] as number;
      const lift = Math.log(this.#afterOneProbability(followers, token) / this.#probability(token));
      moved[rank] = own + LIFT * lift;
      mass += Math.exp(own);
      movedMass += Math.exp(moved[rank] as number);
    }
    // A stream's best tokens can hold all of its probability, and a little more by rounding.
    const back = Math.log(Math.min(mass, 1) / movedMass);
    const order = Array.from({ length: size }, (_, rank) => rank);
    order.sort((a, b) => (moved[b] as number) - (moved[a] as number));
    return {
      tokens: order.map((rank) => best.tokens[rank] as number),
      logProbs: order.map((rank) => (moved[rank] as number) + back),
    };
  }

  /** What comes after two tokens, where no stream reaches; after the last of them where the two are not known together. */
  next(before: number, last: number): RankedTokens {
    const both = this.#afterTwo.get(before)?.get(last);
    const followers = both ?? this.#afterOne.get(last) ?? NOBODY;
    const known = this.#ranked.get(followers);
    if (known !== undefined) return known;
    const one = this.#afterOne.get(last) ?? NOBODY;
    const ranked = [...followers.counts]
      .map(([token, count]) => {
        const shorter = both === undefined ? this.#probability(token) : this.#afterOneProbability(one, token);
        return { token, logProb: Math.log((count + shorter) / (followers.total + 1)) };
      })
      .sort((a, b) => b.logProb - a.logProb || a.token - b.token);
    const made = { tokens: ranked.map(({ token }) => token), logProbs: ranked.map(({ logProb }) => logProb) };
    this.#ranked.set(followers, made);
    return made;
  }

  /** Add-half smoothed, so that a token that was never seen is possible. */
  #probability(token: number): number {
    const { total, counts } = this.#alone;
    return ((counts.get(token) ?? 0) + 0.5) / (total + 0.5 * (counts.size + 1));
  }

  /** Smoothed by one more observation, shared out as the tokens are without a context. */
  #afterOneProbability({ total, counts }: Followers, token: number): number {
    return ((counts.get(token) ?? 0) + this.#probability(token)) / (total + 1);
  }
}

type FourNumbers = readonly [number, number, number, number];

class Gathered implements Followers {
  total = 0;
  readonly counts = new Map<number, number>();

  add(token: number, count: number): void {
    this.total += count;
    this.counts.set(token, (this.counts.get(token) ?? 0) + count);
  }
}

function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function checkRows(rows: Int32Array, vocabularySize: number): void {
  if (rows.length % TRANSITION_WIDTH !== 0) {
    throw new InvalidArgumentError(`Transitions have ${rows.length} numbers, no multiple of ${TRANSITION_WIDTH}.`, {
      subject: "transitions",
      cure: "Count them again.",
    });
  }
  for (let at = 0; at < rows.length; at += TRANSITION_WIDTH) {
    const [before, last, token, count] = rows.subarray(at, at + TRANSITION_WIDTH) as unknown as FourNumbers;
    if (count < 1 || (last === NO_TOKEN && before !== NO_TOKEN)) {
      throw new InvalidArgumentError(`Row ${at / TRANSITION_WIDTH} of the transitions is no count of tokens.`, {
        subject: "transitions",
        cure: "Count them again.",
      });
    }
    const known = (id: number, least: number): boolean => id >= least && id < vocabularySize;
    if (known(before, NO_TOKEN) && known(last, NO_TOKEN) && known(token, 0)) continue;
    throw new UnknownTokenError(
      `Row ${at / TRANSITION_WIDTH} of the transitions names a token that is not in the vocabulary of ${vocabularySize}.`,
      { subject: "transitions", cure: "Use the adapter with the model that it was made for." },
    );
  }
}
