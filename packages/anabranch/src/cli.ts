#!/usr/bin/env node
import { Command } from "commander";
import { makeCommands } from "./cli/commands.js";
import { report } from "./cli/errors.js";
import { VERSION } from "./version.js";

const program = new Command("anabranch")
  .description("Speculative Streaming: one language model that drafts for itself")
  .version(VERSION)
  // What stands after a command is that command's own, subcommands' too.
  .enablePositionalOptions()
  .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 ended by Ctrl-C.");
for (const command of makeCommands()) program.addCommand(command.exitOverride());
program.exitOverride();

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read has left, as `| head` does: nobody is there to be told.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  report(
    error,
    process.argv.some((argument) => /^--json(=|$)/.test(argument)),
  );
}
