import { ContextOverflowError, InvalidArgumentError } from "../errors/index.js";
import type { DecodeOptions } from "./decode.js";

const DEFAULT_MAX_TOKENS = 256;

/**
 * Tokens that may be emitted: `maxTokens`, or fewer where the model's last position comes first. The last token of a text
 * needs no position, since nothing follows it.
 *
 * @throws InvalidArgumentError for an empty prompt or a senseless limit; ContextOverflowError for a prompt that does not fit.
 */
export function tokenLimit({ model, sequence, prompt, maxTokens = DEFAULT_MAX_TOKENS }: DecodeOptions): number {
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
  return Math.min(Math.floor(maxTokens), free + 1);
}
