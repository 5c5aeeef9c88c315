import type { Dim, GraphBuilder } from "../graph/index.js";
import { headName, type ModelSpec, parameterNames } from "../model/index.js";

/**
 * The LM head on states [batch, n, hidden]: their logits.
 *
 * @param draftTokens size of the draft vocabulary, whose head is the parameter `draftHead`; absent: the model's own head
 */
export function addHead(
  builder: GraphBuilder,
  spec: ModelSpec,
  name: string,
  states: string,
  draftTokens?: Dim,
): string {
  const weight = draftTokens === undefined ? headName(spec) : parameterNames.draftHead;
  const head = builder.parameter(weight, [draftTokens ?? spec.vocabularySize, spec.hiddenSize]);
  return builder.add("linear", name, [states, head], { transposed: false })[0] as string;
}
