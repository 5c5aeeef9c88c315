import { type AdapterHandle, AnabranchError, type Drafter, plainDrafter } from "@anabranch/core";
import { type DecodedSequence, decodeSet } from "../../src/evaluate/decode-set.js";
import type { Subject } from "./subject.js";

/** Where a text parts from plain decoding's. */
export interface Difference {
  readonly prompt: number;
  /** Index of the first token that differs. */
  readonly at: number;
}

/** What a trial came to. */
export interface TrialCounts {
  readonly name: string;
  texts: number;
  /** Of plain decoding, each of which was compared. */
  tokens: number;
  passes: number;
  drafted: number;
  accepted: number;
  readonly differences: Difference[];
}

export interface HoldOptions {
  readonly signal?: AbortSignal;
  /** Hears of every text that was decoded, plain ones too. */
  readonly onText?: (tokens: number) => void;
}

/** Texts that {@link holdSubject} decodes. */
export function textsOf({ prompts, trials }: Subject): number {
  return prompts.length * (1 + trials.length);
}

/**
 * Decodes every prompt plainly, by the model without any adapter, and then in every way to speculate, and compares all tokens.
 *
 * @returns what came of each way; after an abort, what had come of it until then
 */
export async function holdSubject(subject: Subject, options: HoldOptions = {}): Promise<readonly TrialCounts[]> {
  const { prompts, trials } = subject;
  const counts = trials.map(({ name }): TrialCounts => {
    return { name, texts: 0, tokens: 0, passes: 0, drafted: 0, accepted: 0, differences: [] };
  });
  try {
    for (const [index, prompt] of prompts.entries()) {
      const plain = await decodeOne(subject, prompt, plainDrafter, undefined, options);
      for (const [at, { adapter, drafter }] of trials.entries()) {
        const text = [...prompt, ...plain.tokens];
        const found = await decodeOne(subject, prompt, drafter(text, index), adapter, options);
        add(counts[at] as TrialCounts, index, plain.tokens, found);
      }
    }
  } catch (error) {
    if (!AnabranchError.isInstance(error, "ABORTED")) throw error;
  }
  return counts;
}

async function decodeOne(
  { model, maxTokens }: Subject,
  prompt: readonly number[],
  drafter: Drafter,
  adapter: AdapterHandle | undefined,
  { signal, onText }: HoldOptions,
): Promise<DecodedSequence> {
  const settings = { drafter, maxTokens, ...(signal && { signal }) };
  const { sequences } = await decodeSet({ ...model, adapter }, [prompt], settings);
  const [sequence] = sequences as [DecodedSequence];
  onText?.(sequence.tokens.length);
  return sequence;
}

function add(counts: TrialCounts, prompt: number, plain: readonly number[], found: DecodedSequence): void {
  const { tokens, passes } = found;
  counts.texts++;
  counts.tokens += plain.length;
  counts.passes += passes.length;
  for (const { drafted, accepted } of passes) {
    counts.drafted += drafted;
    counts.accepted += accepted;
  }
  const longer = Math.max(plain.length, tokens.length);
  for (let at = 0; at < longer; at++) {
    if (plain[at] === tokens[at]) continue;
    counts.differences.push({ prompt, at });
    return;
  }
}
