import type { Prompt } from "@anabranch/bench-kit/smollm2-chats";
import type { OpenSide } from "./open-sides.js";
import type { Run, Target } from "./side.js";

export interface Workload {
  readonly prompts: readonly Prompt[];
  /** Tokens emitted after each. */
  readonly count: number;
  /** Taken in for its own sake. */
  readonly long: Prompt;
  /** How often in a round. */
  readonly intakes: number;
  readonly rounds: number;
}

/** What one side did; the same index of two sides: beside each other in time. */
export interface Measured {
  readonly name: string;
  readonly target: Target | undefined;
  /** Milliseconds until it could run. */
  readonly loading: number;
  /** [round x prompt], tokens a second behind the first. */
  readonly speeds: readonly number[];
  /** [round x prompt], milliseconds until the first token. */
  readonly firsts: readonly number[];
  /** [round x intakes], milliseconds of the long prompt until its first token. */
  readonly prefills: readonly number[];
  /** What it said after each prompt. */
  readonly emitted: readonly Run["emitted"][];
}

/** Lets sides take turns: after every prompt of every round, beginning with another each time. */
export async function measureSides(
  sides: readonly OpenSide[],
  { prompts, count, long, intakes, rounds }: Workload,
): Promise<Measured[]> {
  const measured = sides.map(({ side: { name, loading }, target }) => {
    const numbers = { speeds: [] as number[], firsts: [] as number[], prefills: [] as number[] };
    return { name, target, loading, ...numbers, emitted: [] as Run["emitted"][] };
  });
  let turn = 0;
  const inTurns = async (
    prompt: Prompt,
    tokens: number,
    note: (of: (typeof measured)[number], run: Run) => void,
  ): Promise<void> => {
    const begin = turn++ % sides.length;
    for (let offset = 0; offset < sides.length; offset++) {
      const index = (begin + offset) % sides.length;
      const { side } = sides[index] as OpenSide;
      const run = await side.run({ prompt, count: tokens });
      requireWhole(side.name, run, { promptTokens: prompt.ids.length, steps: tokens - 1 });
      note(measured[index] as (typeof measured)[number], run);
    }
  };
  // Once for nothing: files are mapped, kernels compiled and plans made.
  await inTurns(long, Math.min(8, count), () => undefined);
  for (let round = 0; round < rounds; round++) {
    for (const prompt of prompts) {
      await inTurns(prompt, count, (of, { prefill, steps, decoding, emitted }) => {
        of.speeds.push((1000 * steps) / decoding);
        of.firsts.push(prefill);
        if (round === 0) of.emitted.push(emitted);
      });
    }
    for (let again = 0; again < intakes; again++) {
      await inTurns(long, 1, (of, { prefill }) => of.prefills.push(prefill));
    }
  }
  return measured;
}

/** A side that kept its last prompt, or ended its text early, did less than the others. */
function requireWhole(name: string, run: Run, asked: Pick<Run, "promptTokens" | "steps">): void {
  if (run.promptTokens !== asked.promptTokens) {
    throw new Error(`${name} took ${run.promptTokens} tokens in, not ${asked.promptTokens}.`);
  }
  if (run.steps !== asked.steps) {
    throw new Error(`${name} emitted ${run.steps + 1} tokens, not ${asked.steps + 1}.`);
  }
}
