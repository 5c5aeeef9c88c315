import type { Command } from "commander";
import { benchCommand } from "./bench-command.js";
import { calibrateCommand } from "./calibrate-command.js";
import { chatCommand } from "./chat-command.js";
import { demoCommand } from "./demo-command.js";
import { evaluateCommand } from "./evaluate-command.js";
import { generateCommand } from "./generate-command.js";
import { inspectCommand } from "./inspect-command.js";
import { trainCommand } from "./train-command.js";

/** What `anabranch` can be asked to do, in the order of its help. */
export function makeCommands(): Command[] {
  return [
    demoCommand(),
    generateCommand(),
    chatCommand(),
    inspectCommand(),
    trainCommand(),
    evaluateCommand(),
    benchCommand(),
    calibrateCommand(),
  ];
}
