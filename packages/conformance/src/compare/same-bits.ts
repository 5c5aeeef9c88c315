import type { RowResult } from "@anabranch/core";
import { expectThat } from "../conformance-failure.js";

/** @throws ConformanceFailure unless two results of one row are the same bits. */
export function expectSameBits(what: string, a: RowResult, b: RowResult): void {
  const same = (name: string, x: ArrayLike<number> | undefined, y: ArrayLike<number> | undefined): void => {
    const equal = x?.length === y?.length && Array.from(x ?? []).every((value, at) => Object.is(value, y?.[at]));
    expectThat(equal, () => `${what}: ${name} depends on the rows that share the pass`);
  };
  same("argmax", a.argmax === undefined ? undefined : [a.argmax], b.argmax === undefined ? undefined : [b.argmax]);
  same("logits", a.logits, b.logits);
  same("logProbsOf", a.logProbsOf, b.logProbsOf);
  same("topLogProbs.tokens", a.topLogProbs?.tokens, b.topLogProbs?.tokens);
  same("topLogProbs.logProbs", a.topLogProbs?.logProbs, b.topLogProbs?.logProbs);
  for (const [layer, states] of a.hidden ?? []) same(`hidden(${layer})`, states, b.hidden?.get(layer));
}
