import { join } from "node:path";
import { groupByMeaning, renderE2ePrompt } from "@anabranch/evaluation";
import { readE2e } from "@anabranch/evaluation/node";
import { inventE2ePrompts } from "./e2e-prompts.js";
import type { Task, TaskExample } from "./task.js";

/** E2E NLG: facts about a restaurant in, a sentence out. Dušek, Novikova and Rieser; CC BY-SA 4.0. */
export const e2eTask: Task = {
  name: "e2e",
  paperTask: "E2E-NLG",
  invent: inventE2ePrompts,
  async read(folder, split) {
    const rows = await readE2e(join(folder, "e2e", `${split}.csv`));
    return groupByMeaning(rows).map(
      ({ meaning, references }): TaskExample => ({
        prompt: renderE2ePrompt(meaning),
        references: references.map((reference) => reference.trim().replace(/\s+/g, " ")),
      }),
    );
  },
};
