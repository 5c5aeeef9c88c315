import { attentionWindows, type ModelSpec, UnsupportedError } from "@anabranch/core";
import type { TrainingExample } from "../batches/index.js";

/**
 * The same model without its sliding windows, for examples that none of them cuts: what they see is the same.
 * @throws UnsupportedError when an example is longer than a window
 */
export function withoutWindows(spec: ModelSpec, examples: readonly TrainingExample[]): ModelSpec {
  const smallest = Math.min(...attentionWindows(spec));
  if (smallest === Number.POSITIVE_INFINITY) return spec;
  const longest = examples.reduce(
    (most, { prompt, completions }) => Math.max(most, ...completions.map(({ length }) => prompt.length + length)),
    0,
  );
  // The last token of a text is a target, never a row.
  if (longest - 1 > smallest) {
    throw new UnsupportedError(
      `An example has ${longest} tokens; the model's sliding window shows ${smallest} of them, which training does not compute.`,
      { subject: "window", cure: `Leave out or shorten examples of more than ${smallest + 1} tokens.` },
    );
  }
  const { window: _, layerAttention, ...rest } = spec;
  if (layerAttention === undefined) return rest;
  return { ...rest, layerAttention: layerAttention.map(({ window: __, ...layer }) => layer) };
}
