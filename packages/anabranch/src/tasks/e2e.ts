import { join } from "node:path";
import { groupByMeaning, renderE2ePrompt, rougeOverSet } from "@anabranch/evaluation";
import { readE2e } from "@anabranch/evaluation/node";
import { inventE2ePrompts } from "./e2e-prompts.js";
import type { Task, TaskExample } from "./task.js";

/** E2E NLG: facts about a restaurant in, a sentence out. Dušek, Novikova and Rieser; CC BY-SA 4.0. */
export const e2eTask: Task = {
  name: "e2e",
  system: "Write about the restaurant in one or two sentences.",
  paperTask: "E2E-NLG",
  scoring: { rougeStemmer: true },
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
  async score(answers, examples) {
    const scored = examples.map(({ references }, index) => ({ prediction: answers[index] ?? "", references }));
    const { rouge1, rougeLsum } = rougeOverSet(scored, { stemmer: true });
    return { rouge1, rougeLsum };
  },
};
