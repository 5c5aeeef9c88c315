import { summarize } from "@anabranch/evaluation";
import type { DecodedSet } from "./decode-set.js";

/** What passes leave of the call reduction, behind the prefill as speed-ups are taken. */
export interface Roofline {
  /** Calls of the backend in a step that verifies, drafting among them, in those of a plain step. */
  readonly passCost: number;
  /** Tokens a pass over `passCost`: the speed-up, were all else for nothing. */
  readonly speedup: number;
  /** The same with rows and drafts for nothing, as where memory bounds a pass: tokens a pass. */
  readonly withFreeRows: number;
}

/** The roofline of a set under plain decoding of the same set. @param tokensAPass the mean acceptance length */
export function rooflineOf(streams: DecodedSet, plain: DecodedSet, tokensAPass: number): Roofline {
  const passCost = perStep(streams) / perStep(plain);
  return { passCost, speedup: tokensAPass / passCost, withFreeRows: tokensAPass };
}

const perStep = ({ sequences, passMilliseconds }: DecodedSet): number =>
  passMilliseconds / sequences.reduce((sum, { passes }) => sum + passes.length, 0);

/** A text with drafts beside the same text without. */
export interface PromptSpeed {
  /** Index of the example. */
  readonly sequence: number;
  /** Tokens of the text: a short one tells little. */
  readonly tokens: number;
  /** Plain decoding's time over that with drafts; the median over rounds. */
  readonly speedup: number;
}

/** One round of a paired timing. */
interface Round {
  readonly streams: DecodedSet;
  readonly plain: DecodedSet;
}

/** Speed-ups text by text, the slowest first; a text that ends with its first token has none. */
export function promptSpeeds(rounds: readonly Round[]): PromptSpeed[] {
  const [first] = rounds;
  const texts = (first?.plain.sequences ?? []).flatMap(({ milliseconds, tokens }, sequence) =>
    milliseconds > 0 ? [{ sequence, tokens: tokens.length }] : [],
  );
  const ratio = ({ plain, streams }: Round, sequence: number): number =>
    timeOf(plain, sequence) / timeOf(streams, sequence);
  return texts
    .map((text) => ({ ...text, speedup: summarize(rounds.map((round) => ratio(round, text.sequence))).median }))
    .sort((a, b) => a.speedup - b.speedup);
}

const timeOf = ({ sequences }: DecodedSet, sequence: number): number => sequences[sequence]?.milliseconds ?? 0;
