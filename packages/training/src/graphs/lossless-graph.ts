import {
  buildPassGraph,
  buildStreamsGraph,
  buildUpperGraph,
  type Dim,
  type Graph,
  GraphBuilder,
  insertionLayer,
  type ModelSpec,
  passNames,
  type StreamSpec,
} from "@anabranch/core";
import { type LossGraph, withLoss } from "./loss-graph.js";
import { streamLogits } from "./stream-logits.js";

/**
 * Streams alone, beside rows whose base states are given (lossless mode): inputs as `buildStreamsGraph` has them, the
 * past in the layout "rows".
 * @param draftTokens size of the vocabulary that the softmax is over; absent: the model's whole vocabulary; "sampled": of a size
 *   that changes with every run, its logits corrected by the input {@link DRAFT_CORRECTION}
 */
export function losslessGraph(spec: ModelSpec, streams: StreamSpec, draftTokens?: number | "sampled"): LossGraph {
  const builder = GraphBuilder.from(buildStreamsGraph({ spec, streams, past: "rows" }));
  const logits = streamLogits(builder, spec, streams, draftTokens);
  builder.output(passNames.logits("streams"), draftTokens === "sampled" ? corrected(builder, logits) : logits);
  return withLoss(builder.build(), ["streams"]);
}

/** Input of a loss graph over sampled tokens: added to each one's logit, [tokens]. */
export const DRAFT_CORRECTION = "draft.correction";

function corrected(builder: GraphBuilder, logits: string): string {
  const tokens = builder.value(logits).shape.at(-1) as Dim;
  const correction = builder.input(DRAFT_CORRECTION, [tokens]);
  return builder.add("bias", "streams.corrected", [logits, correction], {})[0] as string;
}

/** A plain pass of the base model, for what {@link losslessGraph} is given. */
export interface BaseStatesGraph {
  readonly graph: Graph;
  /** The same from the states at stream insertion, where those are known. */
  readonly upper: Graph;
  /** Outputs to keep, in the order in which they are kept: states at stream insertion, then each MSA layer's keys, values. */
  readonly hidden: string;
  readonly keysAndValues: readonly { readonly keys: string; readonly values: string; readonly layer: number }[];
}

export function baseStatesGraph(spec: ModelSpec, streams: StreamSpec): BaseStatesGraph {
  const first = insertionLayer(spec.layers, streams);
  const layers = Array.from({ length: spec.layers - first }, (_, index) => first + index);
  return {
    graph: buildPassGraph({ spec, streams, streamRows: "none" }),
    upper: buildUpperGraph({ spec, streams, streamRows: "none" }),
    hidden: passNames.hidden(first),
    keysAndValues: layers.map((layer) => ({
      layer,
      keys: passNames.newKeys(layer, "main"),
      values: passNames.newValues(layer, "main"),
    })),
  };
}
