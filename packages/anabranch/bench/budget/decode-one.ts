import { type Drafter, decode, type Step } from "@anabranch/core";
import { nextTurn } from "../../src/model/next-turn.js";
import type { BudgetSubject } from "./subject.js";

/** The steps of a text behind its prefill. */
export async function decodeOne(
  { model, adapter, stopTokens }: BudgetSubject,
  prompt: readonly number[],
  drafter: Drafter,
  maxTokens: number,
): Promise<{ readonly tokens: readonly number[]; readonly steps: readonly Step[] }> {
  const sequence = await model.createSequence({ adapter });
  try {
    const steps: Step[] = [];
    for await (const step of decode({ model, sequence, prompt, drafter, stopTokens, maxTokens })) {
      steps.push(step);
      await nextTurn();
    }
    return { tokens: steps.flatMap(({ tokens }) => tokens), steps: steps.slice(1) };
  } finally {
    await sequence.dispose();
  }
}

export const timeOf = ({ milliseconds }: Step): number => milliseconds.pass + milliseconds.other;
