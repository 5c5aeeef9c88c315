import { attendInputs, type NodeOf, UnsupportedError } from "@anabranch/core";
import type { RuleContext } from "./gradient-rules.js";

/** Attention's gradients come out of one node: queries, each source's keys and values (biases have none), own ones. */
export function attendRule(
  { builder, needs }: RuleContext,
  node: NodeOf<"attend">,
  dy: string,
): (string | undefined)[] {
  const { sources, own } = attendInputs(node.inputs, node.attributes);
  for (const { layout, keys, values } of sources) {
    if (layout !== "rows" && (needs(keys) || needs(values))) {
      throw new UnsupportedError(`Attention over keys in the layout "${layout}" cannot be differentiated.`, {
        subject: keys,
        cure: 'Build the graph with past: "rows".',
      });
    }
  }
  const [out, probabilities] = node.outputs;
  const count = 1 + 2 * sources.length + (own === undefined ? 0 : 2);
  const inputs = [...node.inputs, probabilities, dy] as unknown as [string, ...string[]];
  const [query, ...rest] = builder.add("attendGrad", `d.${out}`, inputs, node.attributes, count);
  const ofSources = sources.flatMap((_, source) => [rest[2 * source], rest[2 * source + 1], undefined]);
  return [query, ...ofSources, ...rest.slice(2 * sources.length)];
}
