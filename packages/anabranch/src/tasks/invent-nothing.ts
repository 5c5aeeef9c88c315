import { UnsupportedError } from "@anabranch/core";

/** The `invent` of a task whose prompts cannot be made up. */
export function inventNothing(task: string): (given: readonly string[], count: number) => string[] {
  return (_, count) => {
    if (count === 0) return [];
    throw new UnsupportedError(`Prompts of the task "${task}" cannot be made up.`, {
      subject: "invent",
      cure: "Leave out --invent: the data set's own prompts are used.",
    });
  };
}
