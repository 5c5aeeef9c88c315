import { type BackendModel, decode, type Sequence } from "@anabranch/core";
import { runTokens } from "./run-tokens.js";
import type { Run, Task } from "./side.js";

/** A task on one of our backends: passes and commits, the best token taken where the logits are. */
export async function decodePlainly(model: BackendModel, task: Task): Promise<Run> {
  const sequence = await model.createSequence();
  try {
    return await runTokens(task, tokensOf(model, sequence, task));
  } finally {
    await sequence.dispose();
  }
}

async function* tokensOf(
  model: BackendModel,
  sequence: Sequence,
  { prompt, count }: Task,
): AsyncGenerator<number, void, undefined> {
  for await (const { tokens } of decode({ model, sequence, prompt: prompt.ids, maxTokens: count })) yield* tokens;
}
