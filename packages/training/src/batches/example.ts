import { ContextOverflowError, InvalidArgumentError, type ModelSpec, UnknownTokenError } from "@anabranch/core";

/** A prompt with the completions that may follow it. A completion ends with the end token, if the model is to learn it. */
export interface TrainingExample {
  readonly prompt: ArrayLike<number>;
  readonly completions: readonly ArrayLike<number>[];
}

/**
 * @throws InvalidArgumentError for an empty prompt or completion, UnknownTokenError for an id that the model has not,
 * ContextOverflowError for a text longer than the model's positions. The message names the example.
 */
export function checkExamples(spec: ModelSpec, examples: readonly TrainingExample[], what: string): void {
  if (examples.length === 0) throw new InvalidArgumentError(`There are no ${what}.`, { subject: what });
  examples.forEach(({ prompt, completions }, index) => {
    const subject = `${what}[${index}]`;
    if (prompt.length === 0 || completions.length === 0 || completions.some((completion) => completion.length === 0)) {
      throw new InvalidArgumentError(`${subject} has no prompt, no completion, or an empty one.`, {
        subject,
        cure: "Begin prompts with a start token, and give every completion at least its end token.",
      });
    }
    for (const ids of [prompt, ...completions]) checkIds(spec, ids, subject);
    const longest = Math.max(...completions.map((completion) => completion.length));
    if (prompt.length + longest - 1 > spec.maxPositions) {
      throw new ContextOverflowError(
        `${subject} has ${prompt.length + longest} tokens; the model has ${spec.maxPositions} positions.`,
        { subject, cure: "Leave it out or shorten it." },
      );
    }
  });
}

function checkIds(spec: ModelSpec, ids: ArrayLike<number>, subject: string): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (!Number.isInteger(id) || id < 0 || id >= spec.vocabularySize) {
      throw new UnknownTokenError(`${subject} holds token ${id}; the vocabulary has ${spec.vocabularySize}.`, {
        subject,
      });
    }
  }
}
