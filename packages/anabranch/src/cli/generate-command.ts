import type { Step } from "@anabranch/core";
import { Command } from "commander";
import type { Generation } from "../generate/generation.js";
import type { LanguageModel } from "../model/language-model.js";
import { colours, errorColours } from "./colours.js";
import { draftingFrom } from "./drafting-from.js";
import { interruptSignal } from "./interrupt.js";
import { loadFrom } from "./load-command.js";
import { addDraftOptions, addModelOptions, type DraftOptions, type ModelOptions } from "./options.js";
import { addTextOptions, type TextOptions, textFrom } from "./text-options.js";

interface GenerateCommandOptions extends ModelOptions, DraftOptions, TextOptions {
  readonly chat: boolean;
  readonly system?: string;
  readonly json: boolean;
}

const facts = "name[The Golden Curry], eatType[restaurant], food[Indian], area[riverside], near[Café Rouge]";

export function generateCommand(): Command {
  const examples = [
    `anabranch generate "${facts}"`,
    `anabranch generate --drafter none --json "${facts}"`,
    'anabranch generate --model model.gguf --max-tokens 100 "Once upon a time"',
    'anabranch generate --model HuggingFaceTB/SmolLM2-135M-Instruct --chat "What is a river?"',
    'anabranch generate --model model.gguf --system "Answer in one word." --stop "." "Capital of France?"',
  ];
  const command = new Command("generate")
    .description("Continue a prompt or answer a question, and show which tokens were drafted")
    .argument("<prompt>", "text; for the embedded model, facts about a restaurant")
    .option("--chat", "take the prompt for a question, in the model's chat template", false)
    .option("--system <text>", "system message of the chat; implies --chat")
    .option("--json", "one JSON object a token, then one with the totals", false);
  addTextOptions(addDraftOptions(addModelOptions(command)));
  return command
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`)
    .action((prompt: string, options: GenerateCommandOptions) => generate(prompt, options));
}

async function generate(prompt: string, options: GenerateCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const model = await loadFrom(options, signal);
  const steps: Step[] = [];
  let text: Generation;
  try {
    text = begin(model, prompt, options, { signal, onStep: (step) => void steps.push(step) });
    for await (const piece of text) {
      if (options.json) process.stdout.write(`${JSON.stringify(piece)}\n`);
      else process.stdout.write(piece.fromDraft ? colours.green(piece.text) : piece.text);
    }
  } finally {
    await model.dispose();
  }
  const tokens = steps.reduce((sum, step) => sum + step.tokens.length, 0);
  const milliseconds = steps.reduce((sum, step) => sum + step.milliseconds.pass + step.milliseconds.other, 0);
  const { finish } = text;
  if (options.json) process.stdout.write(`${JSON.stringify({ tokens, passes: steps.length, milliseconds, finish })}\n`);
  else {
    const totals = `${tokens} tokens in ${steps.length} passes, ${milliseconds.toFixed(1)} ms`;
    process.stdout.write("\n");
    process.stderr.write(`${errorColours.dim(totals)}\n`);
  }
}

function begin(
  model: LanguageModel,
  prompt: string,
  options: GenerateCommandOptions,
  listening: { readonly signal: AbortSignal; readonly onStep: (step: Step) => void },
): Generation {
  const settings = { ...draftingFrom(options, model.adapter?.streams), ...textFrom(options), ...listening };
  const { chat, system } = options;
  if (!chat && system === undefined) return model.generate(prompt, settings);
  return model.chat(system === undefined ? {} : { system }).send(prompt, settings);
}
