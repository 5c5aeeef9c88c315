import { UnsupportedError } from "@anabranch/core";
import { Command } from "commander";
import { describeCosts } from "../calibrate/describe-costs.js";
import { addBackendOptions, type BackendOptions } from "./backend-options.js";
import { interruptSignal } from "./interrupt.js";
import { loadFrom } from "./load-command.js";
import { calibrationBar } from "./progress.js";

interface CalibrateCommandOptions extends BackendOptions {
  readonly adapter?: string;
  readonly lora?: string;
  readonly json: boolean;
}

export function calibrateCommand(): Command {
  const examples = [
    "anabranch calibrate",
    "anabranch calibrate HuggingFaceTB/SmolLM2-135M-Instruct --adapter runs/lossless --threads 2",
    "anabranch calibrate model.gguf --adapter runs/lossless --json",
  ];
  const command = new Command("calibrate")
    .description(
      "Measure what passes and drafts cost on this machine, and keep it: drafts then have the size that pays",
    )
    .argument("[model]", "a GGUF file, a Hugging Face folder, or a name on the hub; the embedded model when absent")
    .option("--adapter <folder>", "the folder of its stream adapter, or its name on the hub")
    .option("--lora <folder>", "a plain LoRA to fold into the model under its streams")
    .option("--json", "the cost model as JSON", false);
  return addBackendOptions(command)
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`)
    .action((model: string | undefined, options: CalibrateCommandOptions) => run(model, options));
}

async function run(place: string | undefined, options: CalibrateCommandOptions): Promise<void> {
  const signal = interruptSignal();
  const named = { ...options, mode: "lossless", ...(place === undefined ? {} : { model: place }) } as const;
  const model = await loadFrom(named, signal);
  try {
    if (model.budgeting === undefined) {
      throw new UnsupportedError("What drafts cost can only be measured with a stream adapter.", {
        subject: "adapter",
        cure: "Name one with --adapter.",
      });
    }
    const bar = calibrationBar();
    const costs = await model.budgeting.calibrate({ signal, onProgress: bar.update }).finally(bar.stop);
    process.stdout.write(options.json ? `${JSON.stringify(costs)}\n` : `${describeCosts(costs)}\n`);
  } finally {
    await model.dispose();
  }
}
