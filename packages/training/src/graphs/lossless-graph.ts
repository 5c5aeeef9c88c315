import {
  buildPassGraph,
  buildStreamsGraph,
  type Graph,
  GraphBuilder,
  insertionLayer,
  type ModelSpec,
  passNames,
  type StreamSpec,
} from "@anabranch/core";
import { type LossGraph, withLoss } from "./loss-graph.js";

/** Parameter of a graph with a draft vocabulary: the head's rows for those tokens, [draft tokens, hidden]. */
export const DRAFT_HEAD = "draft_head";

/**
 * Streams alone, beside rows whose base states are given (lossless mode): inputs as `buildStreamsGraph` has them, the
 * past in the layout "rows".
 * @param draftTokens size of the vocabulary that the softmax is over; absent: the model's whole vocabulary.
 */
export function losslessGraph(spec: ModelSpec, streams: StreamSpec, draftTokens?: number): LossGraph {
  const wholeVocabulary = draftTokens === undefined;
  const graph = buildStreamsGraph({ spec, streams, past: "rows", logits: wholeVocabulary });
  return withLoss(wholeVocabulary ? graph : withDraftHead(graph, spec, draftTokens), ["streams"]);
}

function withDraftHead(graph: Graph, spec: ModelSpec, draftTokens: number): Graph {
  const builder = GraphBuilder.from(graph);
  const head = builder.parameter(DRAFT_HEAD, [draftTokens, spec.hiddenSize]);
  const states = builder.outputValue(passNames.final("streams"));
  const [logits] = builder.add("linear", "streams.logits", [states, head], { transposed: false }) as [string];
  builder.output(passNames.logits("streams"), logits);
  return builder.build();
}

/** A plain pass of the base model, for what {@link losslessGraph} is given. */
export interface BaseStatesGraph {
  readonly graph: Graph;
  /** Outputs to keep, in the order in which they are kept: states at stream insertion, then each MSA layer's keys, values. */
  readonly hidden: string;
  readonly keysAndValues: readonly { readonly keys: string; readonly values: string; readonly layer: number }[];
}

export function baseStatesGraph(spec: ModelSpec, streams: StreamSpec): BaseStatesGraph {
  const first = insertionLayer(spec.layers, streams);
  const layers = Array.from({ length: spec.layers - first }, (_, index) => first + index);
  return {
    graph: buildPassGraph({ spec, streams, streamRows: "none" }),
    hidden: passNames.hidden(first),
    keysAndValues: layers.map((layer) => ({
      layer,
      keys: passNames.newKeys(layer, "main"),
      values: passNames.newValues(layer, "main"),
    })),
  };
}
