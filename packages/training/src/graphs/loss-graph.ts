import {
  buildPassGraph,
  type Graph,
  GraphBuilder,
  type KeyLayout,
  type ModelSpec,
  passNames,
  type StreamSpec,
} from "@anabranch/core";
import { lossNames } from "./loss-names.js";
import { streamLogits } from "./stream-logits.js";

/** A graph with log-probabilities of targets, and the sets of rows that have them: the main one first. */
export interface LossGraph<Set extends string = LossSet> {
  readonly graph: Graph;
  readonly sets: readonly Set[];
}

/** Sets of rows that a loss is over. `main` in next-token training; `group` are main rows that carry streams. */
export type LossSet = "main" | "group" | "streams";

/** Next-token loss alone, over the rows listed by `read.main`. Adapters in shared mode act; streams are not there. */
export function nextTokenGraph(spec: ModelSpec, streams?: StreamSpec): LossGraph {
  const options = { spec, streamRows: "none" as const, logits: { main: "rows" as const } };
  return withLoss(buildPassGraph(streams === undefined ? options : { ...options, streams }), ["main"]);
}

export interface SharedGraphOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  /** Size of the vocabulary that the streams' softmax is over; absent: the model's whole vocabulary. */
  readonly draftTokens?: number | undefined;
  /** How keys and values of rows before come in; absent: there are none. */
  readonly past?: KeyLayout;
}

/**
 * Eq. 5 in shared mode: the main stream's loss, over all tokens, and the streams' losses, over the draft vocabulary; over the rows that
 * carry streams (input `rows.group`).
 */
export function sharedGraph({ spec, streams, draftTokens, past }: SharedGraphOptions): LossGraph {
  const pass = { spec, streams, streamRows: "some", logits: { group: "all" } } as const;
  const builder = GraphBuilder.from(buildPassGraph(past === undefined ? pass : { ...pass, past }));
  builder.output(passNames.logits("streams"), streamLogits(builder, spec, streams, draftTokens));
  return withLoss(builder.build(), ["group", "streams"]);
}

/** Adds, for each set with logits, the targets' log-probabilities and the most probable tokens. */
export function withLoss(graph: Graph, sets: readonly LossSet[]): LossGraph {
  const builder = GraphBuilder.from(graph, `${graph.name}.loss`);
  for (const set of sets) {
    const logits = builder.outputValue(passNames.logits(set));
    const targets = builder.input(lossNames.targets(set), builder.value(logits).shape.slice(0, -1), "i32");
    const [logProb] = builder.add("logProb", lossNames.logProb(set), [logits, targets], {}) as [string];
    const [guess] = builder.add("argmax", lossNames.guess(set), [logits], {}) as [string];
    builder.output(lossNames.logProb(set), logProb);
    builder.output(lossNames.guess(set), guess);
  }
  return { graph: builder.build(), sets };
}

/** Seeds for `differentiate`: every log-probability of the graph. */
export function seedsOf(sets: readonly LossSet[]): Record<string, string> {
  return Object.fromEntries(sets.map((set) => [lossNames.logProb(set), lossNames.seed(set)]));
}
