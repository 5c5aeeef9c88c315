import { KeptText, type Step } from "@anabranch/core";
import { Chat, type ChatOptions } from "../chat/chat.js";
import type { GenerateOptions, StepOptions } from "../generate/generate-options.js";
import { createGeneration, type Generation } from "../generate/generation.js";
import { textPieces } from "../generate/pieces.js";
import { slide } from "../generate/slide.js";
import { type TextRequest, textSteps } from "../generate/text-steps.js";
import type { LoadedModel } from "./loaded-model.js";

/** A model with its tokenizer and, where it was loaded with one, its stream adapter. Made by `load`. */
export interface LanguageModel extends LoadedModel {
  /**
   * Continues a prompt, greedily where `sampling` is absent. End tokens end the text and are not part of it. Any number of texts may be generated at
   * the same time; one that is aborted, fails or is left early frees its keys and values, and the model stays usable.
   *
   * @param prompt text, framed by the tokenizer's special tokens; or token ids, taken as they are.
   * @throws AbortedError, ContextOverflowError, InvalidArgumentError, UnsupportedError, UnknownTokenError, DisposedError,
   *   BackendFailedError, all while it is looped over
   */
  generate(prompt: string | readonly number[], options?: GenerateOptions): Generation;
  /**
   * The decoding loop's own events, a step for each pass; stop tokens included.
   *
   * @throws what {@link generate} throws.
   */
  steps(prompt: string | readonly number[], options?: StepOptions): AsyncGenerator<Step, void, undefined>;
  /**
   * Begins a conversation in the model's chat template.
   *
   * @throws UnsupportedError when the model has no chat template
   */
  chat(options?: ChatOptions): Chat;
  /** Frees the model. Generations that still run end with DisposedError. */
  dispose(): Promise<void>;
}

export function createLanguageModel(parts: LoadedModel): LanguageModel {
  const { model, adapter, tokenizer } = parts;

  const requestOf = (prompt: string | readonly number[], options: StepOptions) => {
    const ids = typeof prompt === "string" ? tokenizer.encode(prompt) : prompt;
    const keep = options.keep ?? (ids[0] === tokenizer.bosToken ? 1 : 0);
    const { maxPositions } = model.capabilities;
    const shorten: TextRequest["shorten"] = (emitted) => slide([...ids, ...emitted], keep, maxPositions);
    return { prompt: ids, shorten };
  };

  async function* steps(prompt: string | readonly number[], options: StepOptions = {}) {
    const kept = new KeptText(model, adapter);
    try {
      yield* textSteps(parts, kept, { ...requestOf(prompt, options), stopTokens: parts.stopTokens, options });
    } finally {
      await kept.dispose();
    }
  }

  const generate: LanguageModel["generate"] = (prompt, options = {}) =>
    createGeneration(async function* (report) {
      const kept = new KeptText(model, adapter);
      const onPrompt: TextRequest["onPrompt"] = ({ length: tokens }) => report({ tokens, kept: 0 });
      try {
        return yield* textPieces(parts, kept, { ...requestOf(prompt, options), options, onPrompt });
      } finally {
        await kept.dispose();
      }
    });

  return {
    ...parts,
    generate,
    steps,
    chat: (options) => new Chat(parts, options),
    dispose: () => model.dispose(),
  };
}
