import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { IoError, seededRandom } from "@anabranch/core";
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
      const path = join(folder, "instruct", file);
      const text = await readFile(path, "utf8").catch((cause) => {
        throw new IoError(`${path} could not be read.`, { subject: path, cause });
      });
      kinds.push(partOf([...new Set(prompts(text, path))], split));
    }
    return inTurns(kinds).map((prompt): TaskExample => ({ prompt, references: [] }));
  },
};

function partOf(prompts: readonly string[], split: Split): string[] {
  const random = seededRandom(1);
  const keyed = prompts.map((prompt) => ({ prompt, key: random() })).sort((a, b) => a.key - b.key);
  const shuffled = keyed.map(({ prompt }) => prompt);
  const { dev, test } = HELD_OUT;
  if (split === "dev") return shuffled.slice(0, dev);
  return split === "test" ? shuffled.slice(dev, dev + test) : shuffled.slice(dev + test);
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
