import { type GraphBuilder, passNames, type RowSetName } from "@anabranch/core";

/** Names of what {@link addWholeLogits} adds. */
export const wholeLogits = {
  /** i32 [1, n]: places among the rows read. */
  wanted: (set: RowSetName): string => `whole.${set}`,
  /** [1, n, vocabulary] */
  logits: (set: RowSetName): string => `logits.whole.${set}`,
} as const;

/** Lets the logits of chosen rows out of the graph: most readers want a few tokens of the whole vocabulary. */
export function addWholeLogits(builder: GraphBuilder, set: RowSetName): void {
  const wanted = builder.input(wholeLogits.wanted(set), ["batch", wholeLogits.wanted(set)], "i32");
  const inputs = [builder.outputValue(passNames.logits(set)), wanted] as const;
  const [whole] = builder.add("select", wholeLogits.logits(set), inputs, {}) as [string];
  builder.output(wholeLogits.logits(set), whole);
}
