import type { KeptText } from "@anabranch/core";
import { createDetokenizer, type Tokenizer } from "@anabranch/tokenizers";
import type { LoadedModel } from "../model/loaded-model.js";
import type { GenerateOptions } from "./generate-options.js";
import type { FinishReason, Pieces } from "./generation.js";
import { HeldPieces } from "./held-pieces.js";
import { type TextRequest, textSteps } from "./text-steps.js";

export type PiecesRequest = Pick<TextRequest, "prompt" | "shorten" | "onPrompt"> & {
  readonly options: GenerateOptions;
};

/**
 * A text, piece by piece.
 *
 * @throws what `textSteps` throws; InvalidArgumentError for an empty stop string
 */
export async function* textPieces(parts: LoadedModel, kept: KeptText, request: PiecesRequest): Pieces {
  const start = performance.now();
  const { tokenizer } = parts;
  const { prompt, options } = request;
  const { strings, tokens: stopTokens } = stopsOf(parts, options);
  const held = new HeldPieces(strings);
  const detokenizer = createDetokenizer(tokenizer, { skipSpecialTokens: true });
  // The text goes on from the prompt: at its own beginning a tokenizer's decoder may drop a space.
  for (const id of prompt) detokenizer.push(id);
  let finish: FinishReason = "max-tokens";
  let pass = 0;
  for await (const step of textSteps(parts, kept, { ...request, stopTokens })) {
    options.onStep?.(step);
    const milliseconds = performance.now() - start;
    for (const [index, token] of step.tokens.entries()) {
      if (stopTokens.has(token)) continue;
      yield* held.push({ text: detokenizer.push(token), token, fromDraft: index < step.fromDraft, pass, milliseconds });
      if (held.stopped) return "stop-string";
    }
    if (step.finish !== undefined) {
      finish = step.finish;
      const text = detokenizer.flush();
      if (text !== "") yield* held.push({ text, token: undefined, fromDraft: false, pass: pass + 1, milliseconds });
      if (held.stopped) return "stop-string";
      yield* held.flush();
    }
    pass++;
  }
  return finish;
}

/** Stop strings that are special tokens never show in the text: they are looked for as tokens. */
function stopsOf(
  { tokenizer, stopTokens }: { tokenizer: Tokenizer; stopTokens: ReadonlySet<number> },
  { stop = [] }: GenerateOptions,
) {
  const tokens = new Set(stopTokens);
  const strings: string[] = [];
  for (const one of typeof stop === "string" ? [stop] : stop) {
    const token = tokenizer.tokenToId(one);
    if (token !== undefined && tokenizer.isSpecial(token)) tokens.add(token);
    else strings.push(one);
  }
  return { strings, tokens };
}
