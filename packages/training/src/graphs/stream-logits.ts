import {
  addMarkovHead,
  draftHeadParameter,
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
  draftTokens: Parameters<typeof draftHeadParameter>[2],
): string {
  const own = builder.outputValue(passNames.final("streams"));
  const states = streams.markov === undefined ? own : addMarkovHead(builder, spec, streams, own);
  const head = draftHeadParameter(builder, spec, draftTokens);
  return builder.add("linear", "streams.logits", [states, head], { transposed: false })[0] as string;
}
