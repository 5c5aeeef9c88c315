/**
 * Random numbers that are looked up, not drawn in turn: a function of seed, position in the text, and token or try. So what
 * happens at a position does not depend on how many numbers were used before, nor on who drafted.
 */
export class Noise {
  readonly #low: number;
  readonly #high: number;

  /** @param seed a whole number from 0, of up to 53 bits */
  constructor(seed: number) {
    this.#low = mix((seed >>> 0) ^ 0x5bd1e995);
    this.#high = mix(Math.floor(seed / 4294967296) ^ this.#low);
  }

  /** For the position's n-th try, apart from what {@link draw} uses: evenly spread in [0, 1), 32 bits. */
  uniform(position: number, n: number): number {
    return mix(mix(n ^ this.#key(position, 3)) ^ this.#key(position, 4)) / 4294967296;
  }

  /**
   * Draws a token with the probability that its weight has of all weights: the winner of a race in which each token arrives
   * after an exponentially distributed time at the rate of its weight. (Taking logarithms makes it argmax(log p + Gumbel noise).)
   * Where distributions differ a little, the same noise draws mostly the same token.
   *
   * @param weights [vocabulary], of any scale; not all 0
   */
  draw(weights: Float64Array, position: number): number {
    const first = this.#key(position, 1);
    const second = this.#key(position, 2);
    let winner = -1;
    let best = Number.POSITIVE_INFINITY;
    for (let token = 0; token < weights.length; token++) {
      const weight = weights[token] as number;
      if (!(weight > 0)) continue;
      const high = mix(mix(token ^ first) ^ second);
      // The time is at least this; few tokens go on from here.
      if (high / 4294967296 >= best * weight) continue;
      const low = mix(mix(token ^ second) ^ first);
      const uniform = (high + (low + 0.5) / 4294967296) / 4294967296;
      const time = -Math.log1p(-uniform) / weight;
      if (time < best || winner < 0) [winner, best] = [token, time];
    }
    return winner;
  }

  #key(position: number, use: number): number {
    return mix(mix(mix(position ^ this.#low) ^ this.#high) + use);
  }
}

/** A permutation of 32 bits in which each bit of the input changes each of the output with nearly even odds (lowbias32). */
function mix(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
