import { type Drafter, decode, draftDepths, type Step, throwIfAborted } from "@anabranch/core";
import type { SequenceRecord } from "@anabranch/evaluation";
import type { LanguageModel } from "../model/language-model.js";
import { nextTurn } from "../model/next-turn.js";

/** What decoding one prompt gave. */
export interface DecodedSequence extends SequenceRecord {
  /** Emitted ids, the end token included. */
  readonly tokens: readonly number[];
  /** Milliseconds of its verify passes. */
  readonly milliseconds: number;
}

export interface DecodedSet {
  readonly sequences: readonly DecodedSequence[];
  /** Ids emitted by verify passes, and the milliseconds of those steps: prefill apart. */
  readonly tokens: number;
  readonly milliseconds: number;
  /** Those of them in calls of the backend. */
  readonly passMilliseconds: number;
}

export interface DecodeSetOptions {
  readonly drafter: Drafter;
  /** Whether the model's adapter is there at all; without it a shared-mode model runs without its streams. Default true. */
  readonly adapter?: boolean;
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
  readonly onSequence?: (done: number) => void;
}

/** Decodes prompts one after another, batch 1. @throws AbortedError */
export async function decodeSet(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  options: DecodeSetOptions,
): Promise<DecodedSet> {
  const sequences: DecodedSequence[] = [];
  let tokens = 0;
  let milliseconds = 0;
  let passMilliseconds = 0;
  for (const prompt of prompts) {
    throwIfAborted(options.signal, "Decoding");
    const steps = await decodeOne(model, prompt, options);
    const [prefill, ...passes] = steps as [Step, ...Step[]];
    let own = 0;
    for (const { milliseconds: time, tokens: emitted } of passes) {
      tokens += emitted.length;
      own += time.pass + time.other;
      passMilliseconds += time.pass;
    }
    milliseconds += own;
    sequences.push({
      tokens: steps.flatMap((step) => step.tokens),
      milliseconds: own,
      prefill: { emitted: prefill.tokens.length },
      passes: passes.map((step) => ({
        emitted: step.tokens.length,
        drafted: step.draft.tokens.length,
        depth: draftDepths(step.draft).reduce((most, depth) => Math.max(most, depth), 0),
        accepted: step.fromDraft,
      })),
    });
    options.onSequence?.(sequences.length);
  }
  return { sequences, tokens, milliseconds, passMilliseconds };
}

/** Two sets as one. */
export function joinSets(a: DecodedSet, b: DecodedSet): DecodedSet {
  return {
    sequences: [...a.sequences, ...b.sequences],
    tokens: a.tokens + b.tokens,
    milliseconds: a.milliseconds + b.milliseconds,
    passMilliseconds: a.passMilliseconds + b.passMilliseconds,
  };
}

async function decodeOne(
  { model, adapter, stopTokens }: LanguageModel,
  prompt: readonly number[],
  options: DecodeSetOptions,
): Promise<Step[]> {
  const withAdapter = adapter !== undefined && options.adapter !== false;
  const sequence = await model.createSequence(withAdapter ? { adapter } : {});
  const { signal, maxTokens, drafter } = options;
  const settings = { model, sequence, prompt, drafter, stopTokens, maxTokens };
  try {
    const steps: Step[] = [];
    for await (const step of decode({ ...settings, ...(signal === undefined ? {} : { signal }) })) {
      steps.push(step);
      await nextTurn();
    }
    return steps;
  } finally {
    await sequence.dispose();
  }
}
