import type { Command } from "commander";
import type { StepOptions } from "../generate/generate-options.js";
import { anyNumber } from "./any-number.js";
import { wholeNumber } from "./whole-number.js";

export interface SamplingFlags {
  readonly temperature?: number;
  /** Not the draft tree's k. */
  readonly sampleTopK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
  readonly typical?: boolean;
}

/** Options that say how tokens are drawn. */
export function addSamplingOptions(command: Command): Command {
  return command
    .option(
      "--temperature <t>",
      "draw tokens at this temperature; 0 is greedy (default: greedy, or 1 with one of the next five)",
      anyNumber,
    )
    .option("--sample-top-k <k>", "draw from the k most probable tokens", wholeNumber(1))
    .option("--top-p <p>", "draw from the fewest tokens that have this probability together", anyNumber)
    .option("--min-p <p>", "draw from tokens with this share of the most probable one's probability", anyNumber)
    .option("--repetition-penalty <r>", "make tokens of the text less probable: above 1", anyNumber)
    .option("--seed <n>", "the same text again for the same number", wholeNumber(0))
    .option("--typical", "accept drafts that are probable enough: faster, but LOSSY");
}

export function samplingFrom(flags: SamplingFlags): Pick<StepOptions, "sampling" | "acceptance"> {
  const { temperature, sampleTopK: topK, topP, minP, repetitionPenalty, seed, typical } = flags;
  const given = Object.entries({ temperature, topK, topP, minP, repetitionPenalty, seed }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...(given.length > 0 && { sampling: Object.fromEntries(given) }),
    ...(typical === true && { acceptance: "typical" }),
  };
}
