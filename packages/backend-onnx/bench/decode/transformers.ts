/** transformers.js's side of `pnpm bench decode`: `generate`, as its users call it, in a process of its own. */
import { basename, dirname } from "node:path";
import { AutoModelForCausalLM, AutoTokenizer, BaseStreamer, env, Tensor } from "@huggingface/transformers";
import { measure, taskOf } from "./report.js";

const { transformers, threads } = taskOf();
env.allowRemoteModels = false;
env.localModelPath = dirname(transformers.folder);
const name = basename(transformers.folder);

await AutoTokenizer.from_pretrained(name);
const model = await AutoModelForCausalLM.from_pretrained(name, {
  device: "cpu",
  dtype: transformers.format,
  session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
});

/** Notes when each token came; it is handed the prompt first. */
class Clock extends BaseStreamer {
  readonly times: number[] = [];
  readonly tokens: number[] = [];

  override put([ids]: bigint[][]): void {
    this.times.push(performance.now());
    this.tokens.push(Number(ids?.at(-1)));
  }

  override end(): void {}
}

await measure(async (ids, count) => {
  const clock = new Clock();
  await model.generate({
    inputs: new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
    max_new_tokens: count,
    eos_token_id: null, // the other sides go on behind it as well
    streamer: clock,
  } as unknown as Parameters<typeof model.generate>[0]); // its types ask for more than any streamer it takes
  return { times: clock.times.slice(1), tokens: clock.tokens.slice(1) };
});
