import { type Graph, GraphBuilder } from "../graph/index.js";
import { type ModelSpec, type PruningSpec, parameterNames, type StreamSpec } from "../model/index.js";
import { addHead } from "./head.js";
import { addNorm } from "./norms.js";
import { passNames } from "./row-set.js";
import { insertionLayer } from "./stages.js";

/** Names of what an early exit takes and gives. */
export const exitNames = {
  /** i32 [batch, parents]: the rows that have children. */
  parents: "exit.parents",
  /** i32 [batch, children]: for each child its parent's place among the parents. */
  parentOf: "exit.parent_of",
  /** i32 [batch, children]: each child's token, or its place in the draft vocabulary. */
  tokens: "exit.tokens",
  /** Log-probability of each child after its parent: [batch, children] */
  logProbs: "exit.logProbs",
  /** Of the graph of the exit alone: [batch, n, vocabulary] */
  logits: "exit.logits",
} as const;

/** z = H(norm(o_θ(x))) of 3.1.3, for states x [batch, n, hidden] that enter the layer where streams are inserted. */
function addExitLogits(
  builder: GraphBuilder,
  spec: ModelSpec,
  streams: StreamSpec,
  x: string,
  draftTokens: number | undefined,
): string {
  const { rank } = streams.pruning as PruningSpec;
  const down = builder.parameter(parameterNames.pruneDown, [rank, spec.hiddenSize]);
  const up = builder.parameter(parameterNames.pruneUp, [spec.hiddenSize, rank]);
  const [inner] = builder.add("linear", "exit.down", [x, down], { transposed: false }) as [string];
  const [delta] = builder.add("linear", "exit.delta", [inner, up], { transposed: false }) as [string];
  const [states] = builder.add("add", "exit.states", [x, delta], { scale: 1 }) as [string];
  const normed = addNorm(builder, spec, "exit.norm", parameterNames.finalNorm, states);
  return addHead(builder, spec, exitNames.logits, normed, draftTokens);
}

/** Transition probabilities of children among a pass's rows, whose states are `x`: inputs and output by {@link exitNames}. */
export function addTransitionLogProbs(
  builder: GraphBuilder,
  spec: ModelSpec,
  streams: StreamSpec,
  x: string,
  draftTokens: number | undefined,
): void {
  const parents = builder.input(exitNames.parents, ["batch", "parents"], "i32");
  const parentOf = builder.input(exitNames.parentOf, ["batch", "children"], "i32");
  const tokens = builder.input(exitNames.tokens, ["batch", "children"], "i32");
  const [selected] = builder.add("select", "exit.selected", [x, parents], {}) as [string];
  const logits = addExitLogits(builder, spec, streams, selected, draftTokens);
  const [repeated] = builder.add("select", "exit.repeated", [logits, parentOf], {}) as [string];
  builder.output(exitNames.logProbs, builder.add("logProb", exitNames.logProbs, [repeated, tokens], {})[0] as string);
}

/**
 * The early exit alone, on states that enter the layer where streams are inserted: input `hidden.<N - N_s>.main`
 * [batch, n, hidden], output `exit.logits`.
 *
 * @param draftTokens size of the draft vocabulary, whose head is the parameter `draftHead`; absent: the model's own head
 */
export function buildExitGraph(spec: ModelSpec, streams: StreamSpec, draftTokens?: number): Graph {
  const builder = new GraphBuilder("exit");
  const hidden = passNames.hidden(insertionLayer(spec.layers, streams));
  const states = builder.input(hidden, ["batch", "n", spec.hiddenSize]);
  builder.output(exitNames.logits, addExitLogits(builder, spec, streams, states, draftTokens));
  return builder.build();
}
