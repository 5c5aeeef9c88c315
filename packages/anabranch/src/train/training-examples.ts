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
