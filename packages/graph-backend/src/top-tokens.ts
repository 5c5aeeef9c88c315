import {
  type GraphBuilder,
  type ModelSpec,
  NotFiniteError,
  type RowSetName,
  type Tensor,
  type TokenLogProbs,
} from "@anabranch/core";

/** What {@link addTopTokens} names its node and its outputs. */
export interface TopNames {
  readonly node: string;
  readonly logProbs: string;
  readonly tokens: string;
}

const namesOf = (node: string): TopNames => ({ node, logProbs: `${node}.logProbs`, tokens: `${node}.tokens` });

const ONLY = namesOf("top");

/** Names of the outputs that {@link addTopTokens} declares. */
export const topOutputs = ({ logProbs, tokens } = ONLY): readonly string[] => [logProbs, tokens];

/** Of every row read, the graph of a pass gives so many best tokens; who wants more reads its logits. */
const PASS_WIDTH = 8;

export const topWidth = ({ vocabularySize }: ModelSpec): number => Math.min(PASS_WIDTH, vocabularySize);

/** The best tokens of a row set of a pass. */
export const topOf: Readonly<Record<RowSetName, TopNames>> = {
  main: namesOf("top.main"),
  rest: namesOf("top.rest"),
  group: namesOf("top.group"),
  streams: namesOf("top.streams"),
};

/** Lets a graph give the `width` most probable tokens of each row of its logits. */
export function addTopTokens(builder: GraphBuilder, logits: string, width: number, names = ONLY): void {
  const inputs = [builder.outputValue(logits)] as const;
  const [logProbs, tokens] = builder.add("topLogProbs", names.node, inputs, { k: width }, 2) as [string, string];
  builder.output(names.logProbs, logProbs);
  builder.output(names.tokens, tokens);
}

/** The smallest width to compute that gives `topK` tokens: a few widths serve all drafts, so that few graphs are compiled. */
export function widthFor(topK: number, vocabularySize: number): number {
  let width = 8;
  while (width < topK) width *= 2;
  return Math.min(width, vocabularySize);
}

/** The `k` best tokens of a row of what {@link addTopTokens} gave; NaN where the row's logits are not finite. */
export function topTokensOf(
  outputs: Readonly<Record<string, Tensor>>,
  row: number,
  k?: number,
  names = ONLY,
): TokenLogProbs {
  const logProbs = outputs[names.logProbs] as Tensor;
  const tokens = outputs[names.tokens] as Tensor;
  const width = logProbs.shape[2] as number;
  const [from, to] = [row * width, row * width + (k ?? width)];
  return { tokens: tokens.data.slice(from, to) as Int32Array, logProbs: logProbs.data.slice(from, to) as Float32Array };
}

/**
 * Rows from..to-1 of what {@link addTopTokens} gave for streams.
 *
 * @param vocabulary the tokens that the logits were of; absent: all
 * @throws NotFiniteError
 */
export function readTopTokens(
  outputs: Readonly<Record<string, Tensor>>,
  from: number,
  to: number,
  vocabulary?: Int32Array,
): TokenLogProbs[] {
  const levels: TokenLogProbs[] = [];
  for (let row = from; row < to; row++) {
    const level = topTokensOf(outputs, row);
    if (!Number.isFinite(level.logProbs[0])) {
      throw new NotFiniteError(`The logits of stream ${row - from + 1} are not finite.`, {
        subject: "streams",
        cure: "Check the adapter's weights for NaN and overflow.",
      });
    }
    levels.push(
      vocabulary === undefined ? level : { ...level, tokens: level.tokens.map((at) => vocabulary[at] as number) },
    );
  }
  return levels;
}
