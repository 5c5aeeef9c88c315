import * as e2e from "@anabranch/adapter-smollm2-135m-e2e";
import * as instruct from "@anabranch/adapter-smollm2-135m-instruct";
import * as sql from "@anabranch/adapter-smollm2-135m-sql";
import { sharedFile } from "@anabranch/bench-kit/shared";
import { modelFile } from "@anabranch/bench-kit/smollm2";
import { DEFAULT_LIMIT, makeDrafter } from "../../src/model/drafting.js";
import type { LanguageModel } from "../../src/model/language-model.js";
import { load } from "../../src/model/load.js";
import { findTask } from "../../src/tasks/find-task.js";
import { promptTokens } from "../../src/tasks/prompt-tokens.js";
import type { Subject } from "./subject.js";
import type { SubjectOptions } from "./subjects.js";

interface Shipped {
  readonly adapter: URL;
  readonly lora?: URL;
  /** Their test prompts, in turn. */
  readonly tasks: readonly string[];
}

const SHIPPED: readonly Shipped[] = [
  { adapter: instruct.adapter, tasks: ["mtbench", "instruct"] },
  { adapter: sql.adapter, lora: sql.lora, tasks: ["sql", "sql-table"] },
  { adapter: e2e.adapter, lora: e2e.lora, tasks: ["e2e"] },
];

/** SmolLM2-135M at 8 bits with each adapter that we ship for it: drafts that are often right, lookups and openings among them. */
export const shippedSubjects = SHIPPED.map(
  ({ adapter: folder, lora, tasks }) =>
    async ({ prompts, tokens = 128, ...rest }: SubjectOptions): Promise<Subject> => {
      const model = await load(modelFile, { backend: "wasm", adapter: folder, ...(lora && { lora }), ...rest });
      const adapter = model.adapter as NonNullable<LanguageModel["adapter"]>;
      const drafter = await makeDrafter(model, { nodes: DEFAULT_LIMIT.nodes });
      return {
        model,
        prompts: await promptsOf(model, tasks, prompts),
        maxTokens: tokens,
        trials: [{ name: `SmolLM2, ${tasks.join(" and ")}, ${drafter.name}`, adapter, drafter: () => drafter }],
      };
    },
);

/** The same number of each task, fewer where it has no more. */
async function promptsOf(model: LanguageModel, tasks: readonly string[], count: number): Promise<number[][]> {
  const sets = tasks.map(async (name) => {
    const task = findTask(name);
    const encode = promptTokens(task, model.tokenizer, model.name);
    const examples = await task.read(sharedFile("data"), "test");
    return examples.slice(0, Math.ceil(count / tasks.length)).map(({ prompt }) => [...encode(prompt)]);
  });
  return (await Promise.all(sets)).flat();
}
