import { expect } from "vitest";
import { draftDepths, type Step } from "../../src/index.js";
import type { Decoded } from "./decode-all.js";

/** What holds for the steps of any decoding. */
export function checkSteps({ steps, tokens, committed }: Decoded, promptLength: number, before = 0): void {
  expect(steps.map((step) => step.kind)).toEqual(steps.map((_, index) => (index === 0 ? "prefill" : "verify")));
  expect(steps.map((step) => step.finish === undefined)).toEqual(steps.map((_, index) => index < steps.length - 1));
  for (const step of steps) checkStep(step, promptLength);
  expect(committed).toBe(before + promptLength + tokens.length - 1);
}

function checkStep(
  { kind, tokens, fromDraft, draft, accepted, bonus, rows, milliseconds, finish }: Step,
  prompt: number,
) {
  const issued = [...accepted.map((node) => draft.tokens[node]), bonus];
  expect(tokens).toEqual(issued.slice(0, tokens.length));
  if (finish === undefined) expect(tokens.length).toBe(issued.length);
  expect(fromDraft).toBe(Math.min(tokens.length, accepted.length));
  expect(accepted.map((node) => draftDepths(draft)[node])).toEqual(accepted.map((_, index) => index + 1));
  expect(rows).toBe((kind === "prefill" ? prompt : 1) + draft.tokens.length);
  expect(milliseconds.pass).toBeGreaterThan(0);
  expect(milliseconds.other).toBeGreaterThanOrEqual(0);
}
