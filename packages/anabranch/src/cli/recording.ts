import type { Step } from "@anabranch/core";
import type { GenerateOptions } from "../generate/generate-options.js";
import type { LanguageModel } from "../model/language-model.js";

/** Text that one token added, and where the token came from. */
export interface Piece {
  readonly text: string;
  readonly fromDraft: boolean;
}

/** What one pass gave, and when it was there. */
interface RecordedPass {
  readonly pieces: readonly Piece[];
  /** Draft tokens that verification refused. */
  readonly refused: number;
  /** Milliseconds from the start to the end of the pass. */
  readonly at: number;
}

export interface Recording {
  /** Emitted ids, the end token included. */
  readonly tokens: readonly number[];
  readonly passes: readonly RecordedPass[];
  readonly milliseconds: number;
}

/** Generates, and keeps what each pass did. */
export async function record(model: LanguageModel, prompt: string, options: GenerateOptions): Promise<Recording> {
  const passes: (RecordedPass & { readonly pieces: Piece[] })[] = [];
  const tokens: number[] = [];
  let at = 0;
  const onStep = (step: Step): void => {
    at += step.milliseconds.pass + step.milliseconds.other;
    tokens.push(...step.tokens);
    passes.push({ pieces: [], refused: step.draft.tokens.length - step.accepted.length, at });
  };
  for await (const { text, fromDraft } of model.generate(prompt, { ...options, onStep })) {
    passes.at(-1)?.pieces.push({ text, fromDraft });
  }
  return { tokens, passes, milliseconds: at };
}
