import { join } from "node:path";
import { UnsupportedError } from "@anabranch/core";
import { readMtBench } from "@anabranch/evaluation/node";
import { inventNothing } from "./invent-nothing.js";
import type { Task } from "./task.js";

/** MT-Bench's first turns (Zheng and others, arXiv 2306.05685), for measuring only: a model that has seen them is no news. */
export const mtBenchTask: Task = {
  name: "mtbench",
  chat: true,
  invent: inventNothing("mtbench"),
  async read(folder, split) {
    if (split === "train") {
      throw new UnsupportedError("MT-Bench is for measuring, not for training.", {
        subject: "mtbench",
        cure: "Train on the task instruct.",
      });
    }
    const questions = await readMtBench(join(folder, "mtbench", "question.jsonl"));
    return questions.map(({ turns: [prompt] }) => ({ prompt, references: [] }));
  },
};
