import { type Command, Option } from "commander";
import { type GenerateOptions, OVERFLOWS, type Overflow } from "../generate/generate-options.js";
import { addSamplingOptions, type SamplingFlags, samplingFrom } from "./sampling-options.js";
import { wholeNumber } from "./whole-number.js";

export interface TextOptions extends SamplingFlags {
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly overflow: Overflow;
}

/** Options that say how tokens are chosen, and where a text ends. */
export function addTextOptions(command: Command): Command {
  const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];
  command
    .option("--max-tokens <n>", "most tokens to generate", wholeNumber(1), 256)
    .option("--stop <text>", "text that ends the text, left out of it; may be given several times", collect, [])
    .addOption(
      new Option("--overflow <what>", "when the context is full: fail, stop there, or drop the oldest text and go on")
        .choices([...OVERFLOWS])
        .default("error"),
    );
  return addSamplingOptions(command);
}

export function textFrom({ maxTokens, stop, overflow, ...flags }: TextOptions): GenerateOptions {
  return { maxTokens, stop, overflow, ...samplingFrom(flags) };
}
