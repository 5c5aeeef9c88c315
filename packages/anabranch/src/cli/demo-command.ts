import { setTimeout as wait } from "node:timers/promises";
import { throwIfAborted } from "@anabranch/core";
import { Command } from "commander";
import logUpdate from "log-update";
import type { LanguageModel } from "../model/language-model.js";
import { colours } from "./colours.js";
import { DEMO_FACTS } from "./demo-facts.js";
import { draftingFrom } from "./drafting-from.js";
import { interruptSignal } from "./interrupt.js";
import { loadFrom } from "./load-command.js";
import { addDraftOptions, addModelOptions, type DraftOptions, type ModelOptions } from "./options.js";
import { type Recording, record } from "./recording.js";
import { type Side, sideBySide } from "./side-by-side.js";

interface DemoOptions extends ModelOptions, DraftOptions {
  readonly facts?: string;
  readonly json: boolean;
}

/** How long the slower side takes on the screen; it is over in the wink of an eye in truth. */
const shownMilliseconds = 4000;
const frameMilliseconds = 40;
/** Runs of each side, of which the fastest is shown. */
const rounds = 25;

export function demoCommand(): Command {
  const command = new Command("demo")
    .description("Turn restaurant facts into a sentence twice: plain decoding, and Speculative Streaming")
    .option("--facts <facts>", 'facts to use, such as "name[The Mill], eatType[pub], area[riverside]"')
    .option("--json", "print one JSON object for each of the facts", false);
  addDraftOptions(addModelOptions(command));
  return command
    .addHelpText(
      "after",
      '\nExamples:\n  anabranch demo\n  anabranch demo --mode shared --facts "name[The Mill], food[French]"',
    )
    .action((options: DemoOptions) => demo(options));
}

async function demo(options: DemoOptions): Promise<void> {
  const signal = interruptSignal();
  const model = await loadFrom(options, signal);
  try {
    if (!options.json) process.stdout.write(`${colours.dim(`On the ${model.backendName} backend.`)}\n`);
    for (const facts of options.facts === undefined ? DEMO_FACTS : [options.facts]) {
      throwIfAborted(signal, "The demo");
      const [plain, streams] = await runBoth(model, facts, options, signal);
      if (options.json)
        process.stdout.write(`${JSON.stringify({ facts, backend: model.backendName, plain, streams })}\n`);
      else await show(facts, plain, streams, signal);
    }
  } finally {
    await model.dispose();
  }
}

/** Both sides in turn, and of each the fastest run: the first ones compile graphs, and neighbours on the machine disturb. */
async function runBoth(
  model: LanguageModel,
  facts: string,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<readonly [plain: Recording, streams: Recording]> {
  const ends = { overflow: "stop", signal } as const;
  const drafting = { drafter: "streams" as const, ...draftingFrom(options, model.adapter?.streams), ...ends };
  const plain: Recording[] = [];
  const streams: Recording[] = [];
  for (let round = 0; round < rounds; round++) {
    streams.push(await record(model, facts, drafting));
    plain.push(await record(model, facts, { drafter: "none", ...ends }));
  }
  return [fastest(plain), fastest(streams)];
}

function fastest(recordings: readonly Recording[]): Recording {
  return recordings.reduce((best, next) => (next.milliseconds < best.milliseconds ? next : best));
}

async function show(facts: string, plain: Recording, streams: Recording, signal: AbortSignal): Promise<void> {
  const sides: [Side, Side] = [
    { title: "Plain decoding", recording: plain },
    { title: "Speculative Streaming", recording: streams },
  ];
  process.stdout.write(`\n${colours.cyan(facts)}\n\n`);
  const slower = Math.max(plain.milliseconds, streams.milliseconds);
  const columns = process.stdout.columns ?? 100;
  if (process.stdout.isTTY === true) {
    const frames = shownMilliseconds / frameMilliseconds;
    for (let frame = 0; frame < frames; frame++) {
      throwIfAborted(signal, "The demo");
      logUpdate(sideBySide(sides, (slower * frame) / frames, columns));
      await wait(frameMilliseconds);
    }
    logUpdate.clear();
    logUpdate.done(); // Shows the cursor again.
  }
  process.stdout.write(`${sideBySide(sides, slower, columns)}\n\n${verdict(plain, streams)}\n`);
}

function verdict(plain: Recording, streams: Recording): string {
  const same = plain.tokens.join() === streams.tokens.join();
  const fewer = `${streams.passes.length} passes in place of ${plain.passes.length}`;
  const faster = `${(plain.milliseconds / streams.milliseconds).toFixed(2)} times as fast`;
  return `${same ? colours.green("The same words") : colours.yellow("Other words")}: ${fewer}, ${faster}. ${colours.dim(`Green: drafted and accepted. Fastest of ${rounds} runs each.`)}`;
}
