import { InvalidArgumentError, UnknownTokenError } from "../errors/index.js";

/**
 * How tokens are drawn. A row's logits become the distribution of its next token in this order: `logitBias`,
 * `repetitionPenalty`, `temperature`, `topK`, `topP`, `minP`, then normalised. The order and the definitions are those of
 * Hugging Face transformers' `generate`; llama.cpp begins with the same two, but cuts before it applies the temperature.
 */
export interface SamplingOptions {
  /** Logits are divided by it; default 1. 0 is greedy: the token of the largest logit, after bias and penalty. */
  readonly temperature?: number;
  /** Only the k most probable tokens stay, equal ones by ascending id, as in llama.cpp; default all. */
  readonly topK?: number;
  /**
   * Only the fewest most probable tokens stay that together have at least this much of the tempered probability that `topK`
   * left; above 0, at most 1. Default 1: all.
   */
  readonly topP?: number;
  /** Only tokens stay that have at least this share of the most probable one's tempered probability; 0..1. Default 0: all. */
  readonly minP?: number;
  /**
   * The logit of each token that the text holds, prompt included, is divided by it where positive, and multiplied where
   * negative, once however often the token stands there (CTRL, arXiv 1909.05858). Above 0; default 1: none.
   */
  readonly repetitionPenalty?: number;
  /** Added to logits, by token id; -Infinity forbids a token. */
  readonly logitBias?: Readonly<Record<number, number>>;
  /**
   * Whole number from 0; another one every time when absent. A text is a function of seed, prompt, settings and backend, and
   * is the same whoever drafts, as far as a row's logits do not depend on the rows beside it. (Not so with the verifiers
   * `verifyByRejection` and `verifyTypicalLossy`, where it depends on the drafts too.)
   */
  readonly seed?: number;
}

/** @throws InvalidArgumentError, or UnknownTokenError for a bias of a token that is none; either names the option. */
export function checkSampling(options: SamplingOptions, vocabularySize: number): void {
  const { temperature = 1, topK = 1, topP = 1, minP = 0, repetitionPenalty = 1, logitBias = {}, seed = 0 } = options;
  mustHold(temperature >= 0 && temperature < Infinity, "temperature", temperature, "a number from 0");
  mustHold(Number.isInteger(topK) && topK >= 1, "topK", topK, "a whole number from 1");
  mustHold(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
  mustHold(minP >= 0 && minP <= 1, "minP", minP, "from 0 to 1");
  mustHold(repetitionPenalty > 0 && repetitionPenalty < Infinity, "repetitionPenalty", repetitionPenalty, "above 0");
  mustHold(Number.isSafeInteger(seed) && seed >= 0, "seed", seed, "a whole number from 0");
  for (const [token, bias] of Object.entries(logitBias)) {
    const id = Number(token);
    if (!(Number.isInteger(id) && id >= 0 && id < vocabularySize)) {
      throw new UnknownTokenError(`A bias is given to token ${token}; the vocabulary has ${vocabularySize}.`, {
        subject: "sampling.logitBias",
      });
    }
    mustHold(bias < Infinity, "logitBias", bias, "numbers, or -Infinity");
  }
}

function mustHold(holds: boolean, name: keyof SamplingOptions, value: unknown, rule: string): void {
  if (holds) return;
  const subject = `sampling.${name}`;
  throw new InvalidArgumentError(`${subject} is ${value}.`, { subject, cure: `It may be ${rule}.` });
}

/** Whether the options ask for the largest logit as it is. */
export function isPlainGreedy({ temperature, repetitionPenalty = 1, logitBias = {} }: SamplingOptions): boolean {
  return temperature === 0 && repetitionPenalty === 1 && Object.keys(logitBias).length === 0;
}
