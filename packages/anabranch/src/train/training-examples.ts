import { InvalidArgumentError, seededRandom } from "@anabranch/core";
import type { Tokenizer } from "@anabranch/tokenizers";
import type { TrainingExample } from "@anabranch/training";
import type { TaskExample } from "../tasks/task.js";

/**
 * Token ids of a task's examples: prompts as `promptTokens` frames them, and answers that end with the end token.
 *
 * @throws InvalidArgumentError for a tokenizer without an end token
 */
export function encodeExamples(
  tokenizer: Tokenizer,
  examples: readonly TaskExample[],
  encodePrompt: (prompt: string) => readonly number[],
): TrainingExample[] {
  const end = tokenizer.eosToken;
  if (end === undefined) {
    throw new InvalidArgumentError("The tokenizer names no end token.", {
      cure: "Set eos_token in tokenizer_config.json.",
    });
  }
  return examples.map(({ prompt, references }) => ({
    prompt: encodePrompt(prompt),
    completions: references.map((text) => [...tokenizer.encode(text, { addSpecialTokens: false }), end]),
  }));
}

/**
 * Sets some examples aside for measuring while training. They come out of the TRAINING split: dev and test rows are for
 * choosing and for reporting, never for training.
 */
export function setAside<Example>(
  examples: readonly Example[],
  count: number,
  seed: number,
): { examples: Example[]; heldOut: Example[] } {
  const random = seededRandom(seed);
  const order = examples.map((example) => ({ example, key: random() })).sort((a, b) => a.key - b.key);
  const shuffled = order.map(({ example }) => example);
  return { examples: shuffled.slice(count), heldOut: shuffled.slice(0, count) };
}
