import type { Step } from "@anabranch/core";
import { createDetokenizer } from "@anabranch/tokenizers";
import type { GenerateOptions, LanguageModel } from "../model/language-model.js";

/** Text that one token added, and where the token came from. */
export interface Piece {
  readonly text: string;
  readonly fromDraft: boolean;
}

/** What one pass gave, and when it was there. */
export interface RecordedPass {
  readonly pieces: readonly Piece[];
  /** Draft tokens that verification refused. */
  readonly refused: number;
  /** Milliseconds from the start to the end of the pass. */
  readonly at: number;
}

export interface Recording {
  readonly tokens: readonly number[];
  readonly passes: readonly RecordedPass[];
  readonly milliseconds: number;
}

/** Generates, and keeps what each pass did. */
export async function record(model: LanguageModel, prompt: string, options: GenerateOptions): Promise<Recording> {
  const detokenizer = createDetokenizer(model.tokenizer);
  const passes: RecordedPass[] = [];
  const tokens: number[] = [];
  let at = 0;
  for await (const step of model.steps(prompt, options)) {
    at += step.milliseconds.pass + step.milliseconds.other;
    tokens.push(...step.tokens);
    passes.push({ pieces: piecesOf(step), refused: step.draft.tokens.length - step.accepted.length, at });
  }
  return { tokens, passes, milliseconds: at };

  function piecesOf(step: Step): Piece[] {
    return step.tokens.flatMap((token, index) =>
      model.stopTokens.has(token) ? [] : [{ text: detokenizer.push(token), fromDraft: index < step.fromDraft }],
    );
  }
}
