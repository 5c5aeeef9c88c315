import { type GraphBuilder, NotFiniteError, type Tensor, type TokenLogProbs } from "@anabranch/core";

const NAMES = { logProbs: "top.logProbs", tokens: "top.tokens" } as const;

/** Names of the outputs that {@link addTopTokens} declares. */
export const topOutputs: readonly string[] = Object.values(NAMES);

/** Lets a graph give the `width` most probable tokens of each row of its logits. */
export function addTopTokens(builder: GraphBuilder, logits: string, width: number): void {
  const inputs = [builder.outputValue(logits)] as const;
  const [logProbs, tokens] = builder.add("topLogProbs", "top", inputs, { k: width }, 2) as [string, string];
  builder.output(NAMES.logProbs, logProbs);
  builder.output(NAMES.tokens, tokens);
}

/** The smallest width to compute that gives `topK` tokens: a few widths serve all drafts, so that few graphs are compiled. */
export function widthFor(topK: number, vocabularySize: number): number {
  let width = 8;
  while (width < topK) width *= 2;
  return Math.min(width, vocabularySize);
}

/** Rows from..to-1 of what {@link addTopTokens} gave. @throws NotFiniteError */
export function readTopTokens(outputs: Readonly<Record<string, Tensor>>, from: number, to: number): TokenLogProbs[] {
  const logProbs = outputs[NAMES.logProbs] as Tensor;
  const tokens = outputs[NAMES.tokens] as Tensor;
  const width = logProbs.shape[2] as number;
  const levels: TokenLogProbs[] = [];
  for (let row = from; row < to; row++) {
    const level = {
      tokens: Int32Array.from(tokens.data.subarray(row * width, (row + 1) * width)),
      logProbs: Float32Array.from(logProbs.data.subarray(row * width, (row + 1) * width)),
    };
    if (!Number.isFinite(level.logProbs[0])) {
      throw new NotFiniteError(`The logits of stream ${row - from + 1} are not finite.`, {
        subject: "streams",
        cure: "Check the adapter's weights for NaN and overflow.",
      });
    }
    levels.push(level);
  }
  return levels;
}
