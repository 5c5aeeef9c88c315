import { AbortedError, throwIfAborted } from "@anabranch/core";
import type { ChatMessage } from "@anabranch/tokenizers";
import { createGeneration, type Generation, type Pieces, type PromptReport } from "../../generate/generation.js";
import type { GenerateOptions } from "../language-model.js";
import { fromErrorMessage } from "../messages/error-message.js";
import type { SentOptions, TextRequest } from "../messages/messages.js";
import type { Engine } from "./engine.js";

/** What is asked for, but for the settings. */
export type Asked =
  | { readonly prompt: string | readonly number[] }
  | { readonly chat: number; readonly message: string | ChatMessage };

/**
 * A text that the worker generates. Nothing runs before the first piece is asked for.
 *
 * @param onEnd hears a chat's history with the answer in it
 */
export function remoteGeneration(
  engine: Engine,
  asked: Asked,
  options: GenerateOptions,
  onEnd?: (messages: readonly ChatMessage[]) => void,
): Generation {
  return createGeneration((report) => remotePieces(engine, asked, options, report, onEnd));
}

async function* remotePieces(
  engine: Engine,
  asked: Asked,
  { signal, onStep, ...sent }: GenerateOptions,
  report: (prompt: PromptReport) => void,
  onEnd: ((messages: readonly ChatMessage[]) => void) | undefined,
): Pieces {
  throwIfAborted(signal, "Generation");
  if ("chat" in asked) {
    await engine.takeTemplates();
    throwIfAborted(signal, "Generation");
  }
  const options: SentOptions = sent;
  const request: TextRequest = { ...asked, options, steps: onStep !== undefined };
  const { number, text } = engine.begin(request);
  const stop = () => text.fail(() => new AbortedError("Generation was aborted.", { cause: signal?.reason }));
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const event = await text.next();
      if (event.kind === "prompt") report(event.report);
      else if (event.kind === "step") onStep?.(event.step);
      else if (event.kind === "piece") yield event.piece;
      else if (event.kind === "failed") throw fromErrorMessage(event.error);
      else {
        if (event.messages !== undefined) onEnd?.(event.messages);
        return event.finish;
      }
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    await engine.leave(number, text);
  }
}
