/**
 * SmolLM2-135M at 8 bits on the WebAssembly backend, beside what JavaScript people run it with today, on equal weights: a Q8_0 file
 * that is written first. `pnpm bench wasm [--only node20,node24,chromium,passes] [--threads 1,2] [--row-precision mixed] [--rounds 3]
 * [--quick]`
 *
 * - node20, node24: this Node (Node 20 where that is what runs it) and Node 24: backend-onnx, node-llama-cpp.
 * - chromium: Debian's Chromium, without window, in cross-origin isolated pages: wllama, which takes text and hands out text.
 * - passes: `pnpm bench passes`, milliseconds of a pass by rows, in both Nodes.
 *
 * Each side has a process or a page of its own and rests while another runs; they take turns after every prompt. Plain greedy
 * decoding after MT-Bench's first turns, the same number of tokens on every side, past the end of the text too; and one long prompt.
 *
 * Printed are medians over prompts and rounds, by each side's own clock: tokens/s behind the first token, milliseconds from the
 * call to the first token, seconds from the start of the process or page until it could run (the ONNX backend's first run ever
 * also writes the copy that it loads from). "ours is": how many times faster, the median within turns, beside what issue 5 asks
 * for. "same text": characters until a side parts from ours. --quick: fewer and shorter texts, one round; figures to look at only.
 */
import { parseArgs } from "node:util";
import { machineLine } from "@anabranch/bench-kit/machine";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import { requireModel } from "@anabranch/bench-kit/smollm2";
import { chatPrompts, longPrompt, smollm2Tokenizer } from "@anabranch/bench-kit/smollm2-chats";
import { ggufFor } from "@anabranch/bench-kit/smollm2-gguf";
import { chromiumPlace } from "./wasm/chromium/chromium-place.js";
import { measureSides, type Workload } from "./wasm/measure-sides.js";
import { nodePlace } from "./wasm/node/node-place.js";
import { openSides } from "./wasm/open-sides.js";
import { printPlace } from "./wasm/print-place.js";
import { runPasses } from "./wasm/run-passes.js";
import type { Place, PlaceSettings } from "./wasm/side.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    only: { type: "string", default: "node20,node24,chromium,passes" },
    threads: { type: "string", default: "1,2" },
    "row-precision": { type: "string", default: "mixed" },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
  },
});

/** How each place is opened; undefined, and a line that says why, where it is not installed. */
const places: Readonly<Record<string, (settings: PlaceSettings) => Promise<Place | undefined>>> = {
  node20: (settings) =>
    nodePlace({ ...settings, name: `Node ${process.versions.node}`, node: process.execPath, targets: false }),
  async node24(settings) {
    const node = findNode24();
    if (node === undefined) console.log("\nskipped: Node 24 is not installed for this platform (the package `node`)");
    return node === undefined ? undefined : nodePlace({ ...settings, name: "Node 24", node, targets: true });
  },
  chromium: chromiumPlace,
};

const only = values.only.split(",");
const unknown = only.find((name) => name !== "passes" && !(name in places));
if (unknown !== undefined) {
  console.error(`--only ${unknown}: there are ${Object.keys(places).join(", ")} and passes.`);
  process.exit(2);
}
requireModel();
const settings: PlaceSettings = { file: await ggufFor("int8"), rowPrecision: values["row-precision"] };
const tokenizer = await smollm2Tokenizer();
const workload: Workload = {
  prompts: await chatPrompts(values.quick ? 2 : 5),
  count: values.quick ? 32 : 64,
  long: await longPrompt(256),
  intakes: values.quick ? 1 : 2,
  rounds: values.quick ? 1 : Number(values.rounds),
};
console.log(await machineLine());
console.log(
  `SmolLM2-135M-Instruct, Q8_0; ${workload.prompts.length} prompts of ${workload.prompts.map(({ ids }) => ids.length).join(", ")} tokens, ` +
    `${workload.count} decoded after each; rounds: ${workload.rounds}`,
);
for (const name of only) {
  const place = await places[name]?.(settings);
  if (place === undefined) continue;
  try {
    for (const threads of values.threads.split(",").map(Number)) {
      const sides = await openSides(place.openings(threads));
      try {
        const measured = await measureSides(sides, workload);
        const title = `${place.name}, ${threads === 1 ? "1 thread" : `${threads} threads`}`;
        printPlace(title, measured, workload.long.ids.length, tokenizer);
      } finally {
        for (const { side } of sides) await side.close();
      }
    }
  } finally {
    await place.close();
  }
}
if (only.includes("passes")) runPasses(values.threads, values["row-precision"], values.quick);
