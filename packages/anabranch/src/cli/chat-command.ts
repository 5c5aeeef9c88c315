import { createInterface } from "node:readline";
import { AnabranchError } from "@anabranch/core";
import { Command } from "commander";
import type { Chat } from "../chat/chat.js";
import { colours, errorColours } from "./colours.js";
import { draftingFrom } from "./drafting-from.js";
import { loadFrom } from "./load-command.js";
import { addDraftOptions, addModelOptions, type DraftOptions, type ModelOptions } from "./options.js";
import { addTextOptions, type TextOptions, textFrom } from "./text-options.js";

interface ChatCommandOptions extends ModelOptions, DraftOptions, TextOptions {
  readonly system?: string;
  readonly cache: boolean;
  readonly json: boolean;
}

export function chatCommand(): Command {
  const examples = [
    "anabranch chat --model model.gguf",
    'anabranch chat --model HuggingFaceTB/SmolLM2-135M-Instruct --system "Be brief." --overflow slide',
    "anabranch chat --model model.gguf --json < questions.txt",
  ];
  const command = new Command("chat")
    .description("Talk with a model: a line is a turn; Ctrl-C ends an answer, twice the chat")
    .option("--system <text>", "what the model is told before the conversation")
    .option("--no-cache", "compute each turn's whole prompt anew, to compare")
    .option("--json", "one JSON object a turn: the answer, its tokens, and the time to its first token", false);
  addTextOptions(addDraftOptions(addModelOptions(command)));
  return command
    .addHelpText(
      "after",
      `\nAn answer that Ctrl-C ends is forgotten with its question.\n\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`,
    )
    .action((options: ChatCommandOptions) => run(options));
}

async function run(options: ChatCommandOptions): Promise<void> {
  const interrupts = new Interrupts();
  const model = await loadFrom(options, interrupts.begin());
  interrupts.end();
  try {
    const chat = model.chat({
      ...draftingFrom(options, model.adapter?.streams),
      ...textFrom(options),
      ...(options.system === undefined ? {} : { system: options.system }),
      keepCache: options.cache,
    });
    await talk(chat, options.json, interrupts);
  } finally {
    await model.dispose();
  }
}

async function talk(chat: Chat, json: boolean, interrupts: Interrupts): Promise<void> {
  const terminal = process.stdin.isTTY === true && !json;
  const lines = createInterface({ input: process.stdin, ...(terminal ? { output: process.stdout } : {}) });
  // A terminal's readline takes Ctrl-C for itself.
  lines.on("SIGINT", () => interrupts.interrupt());
  interrupts.idle = () => lines.close();
  if (terminal) lines.setPrompt("> ");
  if (terminal) lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== "") {
      try {
        await (json ? answerAsJson(chat, line, interrupts.begin()) : answer(chat, line, interrupts.begin()));
      } catch (error) {
        // On a terminal the conversation goes on after an answer that was interrupted or did not fit.
        if (!terminal || !AnabranchError.isInstance(error)) throw error;
        const { code, message } = error;
        process.stdout.write("\n");
        process.stderr.write(
          code === "ABORTED"
            ? `${errorColours.dim("(ended; this turn is forgotten)")}\n`
            : `${errorColours.red(code)} ${message}\n`,
        );
      } finally {
        interrupts.end();
      }
    }
    if (terminal) lines.prompt();
  }
}

async function answer(chat: Chat, line: string, signal: AbortSignal): Promise<void> {
  for await (const piece of chat.send(line, { signal })) {
    process.stdout.write(piece.fromDraft ? colours.green(piece.text) : piece.text);
  }
  process.stdout.write("\n");
}

async function answerAsJson(chat: Chat, line: string, signal: AbortSignal): Promise<void> {
  const generation = chat.send(line, { signal });
  let text = "";
  let tokens = 0;
  let firstTokenMilliseconds: number | undefined;
  for await (const piece of generation) {
    firstTokenMilliseconds ??= piece.milliseconds;
    text += piece.text;
    if (piece.token !== undefined) tokens++;
  }
  const { finish, prompt } = generation;
  process.stdout.write(`${JSON.stringify({ text, tokens, prompt, firstTokenMilliseconds, finish })}\n`);
}

/** Ctrl-C aborts what runs; where nothing runs, or a second time, it ends the chat. */
class Interrupts {
  #controller: AbortController | undefined;
  /** What a Ctrl-C does while no answer is under way. */
  idle: () => void = () => process.exit(130);

  constructor() {
    process.on("SIGINT", () => this.interrupt());
    process.on("SIGTERM", () => process.exit(130));
  }

  begin(): AbortSignal {
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  end(): void {
    this.#controller = undefined;
  }

  interrupt(): void {
    if (this.#controller === undefined) this.idle();
    else if (this.#controller.signal.aborted) process.exit(130);
    else this.#controller.abort(new Error("Ctrl-C"));
  }
}
