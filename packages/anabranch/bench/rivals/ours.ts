/** Our side of `pnpm bench rivals`: what `load` gives, with streams or without. */
import { decode, plainDrafter } from "@anabranch/core";
import { load } from "../../src/index.js";
import { makeDrafter } from "../../src/model/drafting.js";
import { serve } from "../wasm/node/serve.js";
import { runTokens } from "../wasm/run-tokens.js";
import type { Run, Task } from "../wasm/side.js";
import type { OurSettings } from "./sides.js";

const { file, adapter, lora, backend, weights, threads, streams } = JSON.parse(
  process.argv[2] as string,
) as OurSettings;
const model = await load(file, {
  ...(adapter === undefined ? {} : { adapter }),
  ...(lora === undefined ? {} : { lora }),
  ...(weights === undefined ? {} : { weights }),
  backend,
  threads,
});
// Costs are measured before the other sides run.
const drafter = streams ? await makeDrafter(model, {}) : plainDrafter;

async function* tokensOf({ prompt, count }: Task): AsyncGenerator<number, void, undefined> {
  const sequence = await model.model.createSequence(streams && model.adapter ? { adapter: model.adapter } : {});
  try {
    const settings = { model: model.model, sequence, drafter, prompt: prompt.ids, maxTokens: count };
    for await (const { tokens } of decode(settings)) yield* tokens;
  } finally {
    await sequence.dispose();
  }
}

serve((task): Promise<Run> => runTokens(task, tokensOf(task)));
