import { seededRandom } from "@anabranch/core";
import type { Tokenizer } from "@anabranch/tokenizers";
import type { TrainingExample } from "@anabranch/training";
import type { TaskExample } from "../tasks/task.js";

/** How prompts and answers become token ids. */
export interface ExampleFrame {
  prompt(text: string): readonly number[];
  /** Ends every answer. */
  readonly end: number;
}

/** Token ids of a task's examples. */
export function encodeExamples(
  tokenizer: Tokenizer,
  examples: readonly TaskExample[],
  frame: ExampleFrame,
): TrainingExample[] {
  return examples.map(({ prompt, references }) => ({
    prompt: frame.prompt(prompt),
    completions: references.map((text) => [...tokenizer.encode(text, { addSpecialTokens: false }), frame.end]),
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
