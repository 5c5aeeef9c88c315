import type { Step } from "@anabranch/core";
import { Command } from "commander";
import { colours, errorColours } from "./colours.js";
import { draftingFrom } from "./drafting-from.js";
import { interruptSignal } from "./interrupt.js";
import { loadFrom } from "./load-command.js";
import { addDraftOptions, addModelOptions, type DraftOptions, type ModelOptions, wholeNumber } from "./options.js";

interface GenerateCommandOptions extends ModelOptions, DraftOptions {
  readonly maxTokens: number;
  readonly json: boolean;
}

const example = "name[The Golden Curry], eatType[restaurant], food[Indian], area[riverside], near[Café Rouge]";

export function generateCommand(): Command {
  const command = new Command("generate")
    .description("Continue a prompt, and show which tokens were drafted")
    .argument("<prompt>", "text; for the embedded model, facts about a restaurant")
    .option("--max-tokens <n>", "most tokens to generate", wholeNumber(1), 256)
    .option("--json", "one JSON object a token, then one with the totals", false);
  addDraftOptions(addModelOptions(command));
  return command
    .addHelpText(
      "after",
      `\nExamples:\n  anabranch generate "${example}"\n  anabranch generate --drafter none --json "${example}"`,
    )
    .action((prompt: string, options: GenerateCommandOptions) => generate(prompt, options));
}

async function generate(prompt: string, options: GenerateCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const model = await loadFrom(options, signal);
  const steps: Step[] = [];
  try {
    const drafting = draftingFrom(options, model.adapter?.streams);
    const settings = {
      ...drafting,
      maxTokens: options.maxTokens,
      signal,
      onStep: (step: Step) => void steps.push(step),
    };
    for await (const piece of model.generate(prompt, settings)) {
      if (options.json) process.stdout.write(`${JSON.stringify(piece)}\n`);
      else process.stdout.write(piece.fromDraft ? colours.green(piece.text) : piece.text);
    }
  } finally {
    await model.dispose();
  }
  const tokens = steps.reduce((sum, step) => sum + step.tokens.length, 0);
  const milliseconds = steps.reduce((sum, step) => sum + step.milliseconds.pass + step.milliseconds.other, 0);
  if (options.json) process.stdout.write(`${JSON.stringify({ tokens, passes: steps.length, milliseconds })}\n`);
  else {
    const totals = `${tokens} tokens in ${steps.length} passes, ${milliseconds.toFixed(1)} ms`;
    process.stdout.write("\n");
    process.stderr.write(`${errorColours.dim(totals)}\n`);
  }
}
