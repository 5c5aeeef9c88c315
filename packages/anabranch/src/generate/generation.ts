import type { StepFinish } from "@anabranch/core";

/** Why a text ended: what ends the decoding loop, or a stop string. */
export type FinishReason = StepFinish | "stop-string";

/** A token as it comes. */
export interface GeneratedToken {
  /**
   * What it adds to the text, so that prompt and pieces joined are the whole; empty for a special token, and for half a
   * character, whose text comes with the token that completes it. Cut where a stop string begins inside it.
   */
  readonly text: string;
  /** Its id; undefined for text that only the end of generation released (half a character, as U+FFFD). */
  readonly token: number | undefined;
  /** True when it was drafted and accepted, false when the main stream issued it. */
  readonly fromDraft: boolean;
  /** The pass that it came from, 0 for the prompt's. Tokens of one pass come at once. */
  readonly pass: number;
  /** Milliseconds since generation began, when its pass ended. */
  readonly milliseconds: number;
}

/** What a text's beginning cost. */
export interface PromptReport {
  /** Tokens of the prompt. */
  readonly tokens: number;
  /** Of them, those whose keys and values were there from an earlier turn: they did not run again. */
  readonly kept: number;
}

/** A text as it is generated: pieces to loop over, once, and what is known beside them. */
export interface Generation extends AsyncIterableIterator<GeneratedToken, FinishReason, undefined> {
  /** Why the text ended; undefined while it goes on, and for one that was left early, aborted or failed. */
  readonly finish: FinishReason | undefined;
  /** Undefined until the first piece is asked for. */
  readonly prompt: PromptReport | undefined;
  /** Reads all pieces. @returns their text, joined */
  text(): Promise<string>;
  return(): Promise<IteratorResult<GeneratedToken, FinishReason>>;
  [Symbol.asyncIterator](): Generation;
}

/** Yields the pieces; returns why they end. */
export type Pieces = AsyncGenerator<GeneratedToken, FinishReason, undefined>;

/** @param start begins the text, and reports on its prompt when that is known */
export function createGeneration(start: (onPrompt: (report: PromptReport) => void) => Pieces): Generation {
  let finish: FinishReason | undefined;
  let prompt: PromptReport | undefined;
  const pieces = start((report) => {
    prompt = report;
  });
  const generation: Generation = {
    get finish() {
      return finish;
    },
    get prompt() {
      return prompt;
    },
    async next() {
      const result = await pieces.next();
      if (result.done === true) finish ??= result.value;
      return result;
    },
    // A generator that is left returns what it is given: nothing, for a text without an end.
    return: () => pieces.return(undefined as never),
    async text() {
      let text = "";
      for await (const piece of generation) text += piece.text;
      return text;
    },
    [Symbol.asyncIterator]: () => generation,
  };
  return generation;
}
