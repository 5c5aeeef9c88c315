import { ContextOverflowError, InvalidArgumentError } from "../errors/index.js";
import type { DecodeOptions } from "./decode.js";

const DEFAULT_MAX_TOKENS = 256;

/** How many tokens may be emitted, and what ends the text there. */
export interface TokenLimit {
  readonly tokens: number;
  readonly by: "max-tokens" | "context";
}

/**
 * Tokens that may be emitted: `maxTokens`, or fewer where the model's last position comes first. The last token of a text
 * needs no position, since nothing follows it.
 *
 * @throws InvalidArgumentError for an empty prompt or a senseless limit; ContextOverflowError for a prompt that does not fit.
 */
export function tokenLimit({ model, sequence, prompt, maxTokens = DEFAULT_MAX_TOKENS }: DecodeOptions): TokenLimit {
  if (prompt.length === 0) {
    throw new InvalidArgumentError("The prompt has no tokens.", {
      subject: "prompt",
      cure: "Start it with a BOS token.",
    });
  }
  if (!(maxTokens >= 1)) {
    throw new InvalidArgumentError(`At most ${maxTokens} tokens were asked for.`, {
      subject: "maxTokens",
      cure: "Ask for at least one.",
    });
  }
  const { maxPositions } = model.capabilities;
  const free = maxPositions - sequence.length - prompt.length;
  if (free < 0) {
    throw new ContextOverflowError(
      `A prompt of ${prompt.length} tokens after ${sequence.length} committed ones does not fit ${maxPositions} positions.`,
      { subject: "prompt", cure: "Shorten it." },
    );
  }
  const asked = Math.floor(maxTokens);
  return asked <= free + 1 ? { tokens: asked, by: "max-tokens" } : { tokens: free + 1, by: "context" };
}
