import { join } from "node:path";
import { setAside } from "../set-aside.js";
import type { Split, Task, TaskExample } from "../task.js";
import { instructSources } from "./instruct-sources.js";
import { madeUpPrompts } from "./made-up-prompts.js";

/** Prompts of each file that are kept for choosing (dev) and for reporting (test). */
const HELD_OUT = { dev: 16, test: 16 } as const;

/**
 * Instructions for a chat model to answer itself: there are no references, since in lossless mode the model's own words are what
 * streams learn. A list begins with some of each kind, so that the first n are a mixture too.
 */
export const instructTask: Task = {
  name: "instruct",
  chat: true,
  invent: (_, count, seed) => madeUpPrompts(count, seed),
  async read(folder, split) {
    const kinds: string[][] = [];
    for (const { file, prompts } of instructSources) {
      kinds.push(partOf([...new Set(await prompts(join(folder, "instruct", file)))], split));
    }
    return inTurns(kinds).map((prompt): TaskExample => ({ prompt, references: [] }));
  },
};

function partOf(prompts: readonly string[], split: Split): string[] {
  const { dev, test } = HELD_OUT;
  const { examples, heldOut } = setAside(prompts, dev + test, 1);
  if (split === "train") return examples;
  return split === "dev" ? heldOut.slice(0, dev) : heldOut.slice(dev);
}

/** Some of each kind in every turn, until all are used up. */
function inTurns(kinds: readonly (readonly string[])[]): string[] {
  const all: string[] = [];
  const rest = kinds.map((prompts) => [...prompts].reverse());
  while (rest.some(({ length }) => length > 0)) {
    rest.forEach((prompts, kind) => {
      for (let n = 0; n < (instructSources[kind]?.share ?? 1); n++) {
        const prompt = prompts.pop();
        if (prompt !== undefined) all.push(prompt);
      }
    });
  }
  return all;
}
