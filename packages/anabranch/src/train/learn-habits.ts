import { loadAdapter, saveAdapter } from "@anabranch/checkpoints";
import { countOpening, countTransitions, type GraphRuntime, type ModelWeights, throwIfAborted } from "@anabranch/core";
import { type KnownStates, streamRanks, type TrainingExample } from "@anabranch/training";
import { decodeSet } from "../evaluate/decode-set.js";
import { makeDrafter } from "../model/drafting.js";
import { load } from "../model/load.js";
import { countFirstGuesses, type GuessedToken } from "./count-first-guesses.js";
import { countPhrases } from "./count-phrases.js";

/** Answers that an opening is counted over: more make it longer rather than better. */
const openingAnswers = 1500;

/** Tokens of an opening, texts that a path must begin to be kept, and how far into the prompt copies reach. */
const openings = { depth: 8, minimumCount: 6, copyWithin: 12 } as const;

/** Of 8,762 answers of the small model, 3,000 transitions are seen twice or more: no table grows much beyond that need. */
const transitions = { minimumCount: 2, most: 20_000 } as const;

/**
 * Of 4,037 answers of SmolLM2: 93,000 rows (1.5 MB); of 12,000 as many as there is room for in an adapter of 6 MB. A context must have been there twice, and a
 * word that follows it in less than three of ten places is never worth a row of a pass.
 */
const phrases = { longest: 4, minimumCount: 2, leastShare: 0.3, most: 140_000 } as const;

/** A prompt and what the model wrote after it. */
export interface AnsweredPrompt {
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
}

export interface LearnHabitsOptions {
  /** The model's own answers to prompts of the TRAINING split. */
  readonly answers: readonly AnsweredPrompt[];
  readonly format: "int8" | "f32";
}

/**
 * Counts how the model begins its texts, which token follows which in them, and what it mostly says after a few tokens, and puts all
 * three into the adapter: prefill passes then verify a draft of the first words, draft trees know the token before, and phrases are
 * drafted without any pass.
 */
export async function learnHabits(adapter: string, { answers, format }: LearnHabitsOptions): Promise<void> {
  const { adapter: kept, ...settings } = await loadAdapter(adapter);
  const opening = countOpening(answers.slice(0, openingAnswers), openings);
  const texts = answers.map(({ completion }) => completion);
  // A Markov head has learned what counts would say, and more.
  const counted = kept.streams.markov === undefined ? { transitions: countTransitions(texts, transitions) } : {};
  const said = countPhrases(texts, phrases);
  await saveAdapter(adapter, { ...kept, ...counted, phrases: said }, { ...settings, opening, format });
}

export interface FirstGuessOptions {
  readonly runtime: GraphRuntime;
  /** The base's, float32. */
  readonly weights: ModelWeights;
  /** The model's own answers to prompts of the TRAINING split that streams did not learn: of those that they did they guess a tenth more. */
  readonly examples: readonly TrainingExample[];
  readonly states?: KnownStates;
  readonly format: "int8" | "f32";
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Counts how often the streams' first guess is right after each token, for lossless adapters: a drafter with a budget then knows where
 * streams are worth their time before they run.
 *
 * @throws AbortedError, which leaves the adapter as it was
 */
export async function learnFirstGuesses(
  adapter: string,
  { runtime, weights, examples, states, format, signal, onProgress }: FirstGuessOptions,
): Promise<void> {
  const { adapter: kept, ...settings } = await loadAdapter(adapter, { base: weights });
  const guesses: GuessedToken[] = [];
  let done = 0;
  const known = states === undefined ? {} : { known: states };
  for await (const { gamma, ranks } of streamRanks(examples, { runtime, weights, adapter: kept, width: 1, ...known })) {
    throwIfAborted(signal, "Counting first guesses");
    const [tokens = []] = examples[done]?.completions ?? [];
    // The last token of an answer has none after it.
    for (let at = 0; at + 1 < tokens.length; at++) {
      const of = Math.min(gamma, tokens.length - 1 - at);
      const wrong = ranks.subarray(at * gamma, at * gamma + of).findIndex((rank) => rank !== 0);
      guesses.push({ token: tokens[at] as number, right: wrong === -1 ? of : wrong, of });
    }
    done++;
    onProgress?.(done, examples.length);
  }
  const calibration = { firstGuesses: countFirstGuesses(guesses) };
  await saveAdapter(adapter, kept, { ...settings, calibration, format });
}

export interface AnswerOptions {
  readonly maxTokens: number;
  /** A plain LoRA of the model's. */
  readonly lora?: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a model with streams writes, drafting as it does so. */
export async function answerWithStreams(
  model: string,
  adapter: string,
  prompts: readonly (readonly number[])[],
  { maxTokens, lora, threads, signal, onProgress }: AnswerOptions,
): Promise<AnsweredPrompt[]> {
  const settings = { adapter, ...(lora && { lora }), ...(threads && { threads }) };
  const loaded = await load(model, { backend: "onnx", ...settings });
  try {
    const { sequences } = await decodeSet(loaded, prompts, {
      drafter: await makeDrafter({ ...loaded, opening: undefined, budgeting: undefined }, {}),
      maxTokens,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onSequence: (done: number) => onProgress(done, prompts.length) }),
    });
    return sequences.map(({ tokens }, index) => ({ prompt: prompts[index] ?? [], completion: tokens }));
  } finally {
    await loaded.dispose();
  }
}
