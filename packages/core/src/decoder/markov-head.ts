import { type Graph, GraphBuilder } from "../graph/index.js";
import { type MarkovSpec, type ModelSpec, parameterNames, type StreamSpec } from "../model/index.js";
import { addHead } from "./head.js";

/** Names of what the graphs of a Markov head take and give. */
export const markovNames = {
  /** i32 [batch, positions * γ], an input of training: for stream j of a row the token before its own, x_{j-1}. */
  tokens: "markov.tokens",
  /** A e(x) of tokens, [1, tokens, r]: an output of the graph of tokens, an input of that of a level. */
  own: "markov.own",
  /** z_j, once for each node: [1, nodes, hidden] */
  states: "states",
  /** u_{j-1} of the nodes' parents, an input of an rnn's levels from the second on: [1, nodes, r] */
  before: "markov.before",
  /** u_j: [1, nodes, r] */
  recurrent: "markov.recurrent",
  /** Of the nodes' children: [1, nodes, draft tokens] */
  logits: "logits",
} as const;

/**
 * The states of streams with what the Markov head adds, z_j + B_j u_j, where the tokens between are known: in training.
 *
 * @param states value of the streams' states after the final norm, [batch, positions * γ, hidden]
 * @returns the value, of the same shape
 */
export function addMarkovHead(builder: GraphBuilder, spec: ModelSpec, streams: StreamSpec, states: string): string {
  const { gamma } = streams;
  const markov = streams.markov as MarkovSpec;
  const [batch, rows] = builder.value(states).shape;
  const tokens = builder.input(markovNames.tokens, [batch as string, rows as string], "i32");
  const all = addTokens(builder, spec, markov, tokens);
  let sum = states;
  let before: string | undefined;
  for (let stream = 1; stream <= gamma; stream++) {
    const name = `markov.${stream}`;
    const member = { members: gamma, from: stream - 1, to: stream };
    const [own] = builder.add("pick", `${name}.down`, [all], member) as [string];
    before = addState(builder, markov, name, own, before);
    const up = builder.parameter(parameterNames.markovUp(stream), [spec.hiddenSize, markov.rank]);
    const [delta] = builder.add("linear", `${name}.up`, [before, up], { transposed: false }) as [string];
    const [placed] = builder.add("pickGrad", `${name}.placed`, [delta], member) as [string];
    [sum] = builder.add("add", `${name}.sum`, [sum, placed], { scale: 1 }) as [string];
  }
  return sum;
}

/** u_j out of A e(x_{j-1}) and u_{j-1}. */
function addState(
  builder: GraphBuilder,
  { kind, rank }: MarkovSpec,
  name: string,
  own: string,
  before: string | undefined,
): string {
  let x = own;
  if (kind === "rnn" && before !== undefined) {
    const recurrent = builder.parameter(parameterNames.markovRecurrent, [rank, rank]);
    const [turned] = builder.add("linear", `${name}.recurrent`, [before, recurrent], { transposed: false }) as [string];
    [x] = builder.add("add", `${name}.input`, [own, turned], { scale: 1 }) as [string];
  }
  return builder.add("activate", `${name}.u`, [x], { activation: "silu" })[0] as string;
}

/** A e(x) of tokens. */
function addTokens(builder: GraphBuilder, spec: ModelSpec, { rank, tokenScale }: MarkovSpec, tokens: string): string {
  const table = builder.parameter(parameterNames.embedding, [spec.vocabularySize, spec.hiddenSize]);
  const [raw] = builder.add("embed", "markov.embedded", [table, tokens], {}) as [string];
  const [e] = builder.add("scale", "markov.scaled", [raw], { factor: tokenScale }) as [string];
  const down = builder.parameter(parameterNames.markovDown, [rank, spec.hiddenSize]);
  return builder.add("linear", "markov.down", [e, down], { transposed: false })[0] as string;
}

/** What a Markov head makes of tokens, whatever their level: the input `tokens` [1, n], the output `own`. */
export function buildMarkovTokensGraph(spec: ModelSpec, markov: MarkovSpec): Graph {
  const builder = new GraphBuilder("markov.tokens");
  const tokens = builder.input(markovNames.tokens, ["batch", "n"], "i32");
  builder.output(markovNames.own, addTokens(builder, spec, markov, tokens));
  return builder.build();
}

/**
 * One level of a draft tree: the children's logits of nodes at level `stream` - 1 (0: the bonus token), named by
 * {@link markovNames}.
 *
 * @param draftTokens size of the draft vocabulary, whose head is the parameter `draftHead`; absent: the model's own head.
 */
export function buildMarkovLevelGraph(
  spec: ModelSpec,
  streams: StreamSpec,
  stream: number,
  draftTokens?: number,
): Graph {
  const builder = new GraphBuilder(`markov.${stream}`);
  const markov = streams.markov as MarkovSpec;
  const states = builder.input(markovNames.states, ["batch", "nodes", spec.hiddenSize]);
  const own = builder.input(markovNames.own, ["batch", "nodes", markov.rank]);
  const follows = markov.kind === "rnn" && stream > 1;
  const before = follows ? builder.input(markovNames.before, ["batch", "nodes", markov.rank]) : undefined;
  const u = addState(builder, markov, "markov", own, before);
  const up = builder.parameter(parameterNames.markovUp(stream), [spec.hiddenSize, markov.rank]);
  const [delta] = builder.add("linear", "markov.up", [u, up], { transposed: false }) as [string];
  const [sum] = builder.add("add", "markov.sum", [states, delta], { scale: 1 }) as [string];
  builder.output(markovNames.logits, addHead(builder, spec, "markov.logits", sum, draftTokens));
  builder.output(markovNames.recurrent, u);
  return builder.build();
}
