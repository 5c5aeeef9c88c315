import {
  draftHead,
  type Float32Tensor,
  type ModelWeights,
  parameterNames,
  type Tensor,
  toFloat32,
} from "@anabranch/core";
import type { TrainingExample } from "../batches/index.js";
import { DRAFT_CORRECTION } from "../graphs/index.js";
import { Random } from "../random/random.js";

/** What the softmax of a batch is over: a head, and each token's place in it. */
export interface DraftTargets {
  /** Inputs of the loss graph; none where the head is a constant of it. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Place of each token of the model's vocabulary, -1 where it is not there. */
  readonly index: Int32Array;
}

/** The head's rows for the draft tokens, and each token's place among them. @throws InvalidArgumentError */
export function draftTargets(weights: ModelWeights, tokens: Int32Array): { head: Float32Tensor; index: Int32Array } {
  const head = draftHead(weights, tokens);
  return {
    head: { format: "f32", shape: head.shape, data: toFloat32(head) },
    index: placesOf(tokens, weights.spec.vocabularySize),
  };
}

function placesOf(tokens: ArrayLike<number>, vocabularySize: number): Int32Array {
  const index = new Int32Array(vocabularySize).fill(-1);
  for (let place = 0; place < tokens.length; place++) index[tokens[place] as number] = place;
  return index;
}

/**
 * A softmax over a part of the draft vocabulary, another for each batch: the tokens that are frequent everywhere, those that the
 * batch has as targets, and some of the others, whose share of the sum is scaled up to stand for all of them (importance sampling
 * of the partition function, Bengio and Senécal 2008). The head is a large part of training's arithmetic, and most of it would go to
 * tokens that are nowhere near.
 */
export class SampledTargets {
  readonly #frequent: readonly number[];
  readonly #others: readonly number[];

  /**
   * @param sources all examples, whose answers say which tokens are frequent
   * @param size tokens of a batch's softmax besides its targets: three in five of them frequent ones
   */
  constructor(
    readonly whole: { readonly head: Float32Tensor; readonly index: Int32Array },
    readonly vocabulary: Int32Array,
    sources: readonly TrainingExample[],
    readonly size: number,
    readonly seed: number,
  ) {
    const counts = new Map<number, number>();
    for (const token of answersOf(sources)) counts.set(token, (counts.get(token) ?? 0) + 1);
    const ranked = Array.from(vocabulary).sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b);
    const frequent = Math.min(ranked.length, Math.ceil(0.6 * size));
    this.#frequent = ranked.slice(0, frequent);
    this.#others = ranked.slice(frequent);
  }

  /** The same for the same examples, so that a resumed run draws what it would have drawn. */
  of(examples: readonly TrainingExample[]): DraftTargets {
    const targets = new Set(this.#frequent);
    let sum = 0;
    for (const token of answersOf(examples)) {
      sum = Math.imul(sum ^ (token + 1), 0x01000193) >>> 0;
      if (this.whole.index[token] !== -1) targets.add(token);
    }
    const random = new Random(this.seed, "sampled", sum);
    const wanted = Math.min(this.#others.length, this.size - this.#frequent.length);
    const drawn = new Set<number>();
    while (drawn.size < wanted) drawn.add(this.#others[random.below(this.#others.length)] as number);
    const sampled = [...drawn].filter((token) => !targets.has(token));
    const correction = Math.log(this.#others.length / Math.max(1, wanted));
    return this.#head([...targets, ...sampled], targets.size, correction);
  }

  /** The whole vocabulary, to measure by. */
  all(): DraftTargets {
    return this.#head(Array.from(this.vocabulary), this.vocabulary.length, 0);
  }

  #head(tokens: readonly number[], exact: number, correction: number): DraftTargets {
    const { head, index } = this.whole;
    const width = head.shape[1] as number;
    const data = new Float32Array(tokens.length * width);
    tokens.forEach((token, place) => {
      const at = (index[token] as number) * width;
      data.set(head.data.subarray(at, at + width), place * width);
    });
    return {
      inputs: {
        [parameterNames.draftHead]: { shape: [tokens.length, width], data },
        [DRAFT_CORRECTION]: { shape: [tokens.length], data: new Float32Array(tokens.length).fill(correction, exact) },
      },
      index: placesOf(tokens, index.length),
    };
  }
}

function* answersOf(examples: readonly TrainingExample[]): Iterable<number> {
  for (const { completions } of examples) for (const completion of completions) yield* Array.from(completion);
}
