#!/usr/bin/env node
import { Command } from "commander";
import { benchCommand } from "./cli/bench-command.js";
import { demoCommand } from "./cli/demo-command.js";
import { report } from "./cli/errors.js";
import { evaluateCommand } from "./cli/evaluate-command.js";
import { generateCommand } from "./cli/generate-command.js";
import { trainCommand } from "./cli/train-command.js";
import { VERSION } from "./version.js";

const program = new Command("anabranch")
  .description("Speculative Streaming: one language model that drafts for itself")
  .version(VERSION)
  .addCommand(demoCommand())
  .addCommand(generateCommand())
  .addCommand(trainCommand())
  .addCommand(evaluateCommand())
  .addCommand(benchCommand());

try {
  await program.parseAsync();
} catch (error) {
  report(error, process.argv.includes("--json"));
}
