import {
  addHead,
  addMarkovHead,
  type Dim,
  type GraphBuilder,
  type ModelSpec,
  passNames,
  type StreamSpec,
} from "@anabranch/core";

/**
 * The streams' logits over the draft vocabulary, with what the Markov head adds: [batch, rows * γ, draft tokens].
 *
 * @param draftTokens size of the draft vocabulary, whose head is the parameter `draftHead`; absent: the model's own head
 */
export function streamLogits(
  builder: GraphBuilder,
  spec: ModelSpec,
  streams: StreamSpec,
  draftTokens: Dim | undefined,
): string {
  const own = builder.outputValue(passNames.final("streams"));
  const states = streams.markov === undefined ? own : addMarkovHead(builder, spec, streams, own);
  return addHead(builder, spec, "streams.logits", states, draftTokens);
}
