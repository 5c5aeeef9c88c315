import { buildExitGraph, exitNames, GraphBuilder, type ModelSpec, passNames, type StreamSpec } from "@anabranch/core";
import { type LossGraph, withLoss } from "./loss-graph.js";

/**
 * Next-token loss at the early exit of a pruning adapter (3.1.3), on given states where streams are inserted.
 * @param draftTokens size of the vocabulary that the softmax is over; absent: the model's whole vocabulary.
 */
export function pruningGraph(spec: ModelSpec, streams: StreamSpec, draftTokens?: number): LossGraph {
  const builder = GraphBuilder.from(buildExitGraph(spec, streams, draftTokens));
  builder.output(passNames.logits("main"), builder.outputValue(exitNames.logits));
  return withLoss(builder.build(), ["main"]);
}
