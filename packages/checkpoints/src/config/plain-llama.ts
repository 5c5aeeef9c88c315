import { type ModelSpec, type RopeSpec, UnsupportedError } from "@anabranch/core";

/** Fields of a spec that a plain Llama has; any other one says that something is computed otherwise. */
const plain: ReadonlySet<string> = new Set<keyof ModelSpec>([
  ...(["family", "vocabularySize", "hiddenSize", "layers", "heads", "kvHeads", "headSize"] as const),
  ...(["mlpSize", "normEpsilon", "rope", "maxPositions", "tiedHead"] as const),
]);

/** @throws UnsupportedError naming the first field of a spec that a plain Llama does not have. */
export function requirePlainLlama(spec: ModelSpec): RopeSpec {
  const { rope } = spec;
  const other = Object.entries(spec).find(([field, value]) => value !== undefined && !plain.has(field));
  if (other !== undefined) throw unwritable(spec, other[0]);
  if (rope === undefined || rope.scaling !== undefined || rope.rotated !== undefined) throw unwritable(spec, "rope");
  return rope;
}

function unwritable({ family }: ModelSpec, field: string): UnsupportedError {
  return new UnsupportedError(
    `Only plain Llama models can be written; "${field}" says that this one (${family}) is none.`,
    {
      subject: field,
      cure: "Keep the files that it was loaded from.",
    },
  );
}
