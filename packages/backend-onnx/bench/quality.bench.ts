/**
 * What rounding costs: SmolLM2 in each format against float32, the same tokens fed. `pnpm bench quality [--formats int8/32,int8/32/int16]
 * [--chats 12] [--answer 96]`: the share of positions with an equal argmax, and the mean |Δ log-probability| of the texts' own tokens,
 * on two sets of texts:
 *
 * - reference: ../shared/fixtures/smollm2-reference.json, by Hugging Face transformers (log-probabilities of the prompts alone: words
 *   that the model did not choose, which rounding moves most);
 * - chat: MT-Bench's first turns with the answers that our float32 gives, measured against our float32.
 *
 * A format is weights[/block size[/what rows are rounded to]]: see `RowPrecision`.
 */
import { parseArgs } from "node:util";
import { benchCache, modelFile, requireModel } from "@anabranch/bench-kit/smollm2";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel } from "@anabranch/core";
import { createOnnxBackend, type RowPrecision } from "../src/index.js";
import { chatTexts, readings, referenceTexts, type Yardstick } from "./quality/texts.js";

const all = [
  "float32",
  "as-stored",
  "as-stored/32/mixed",
  "as-stored/32/int16",
  "int8/32",
  "int8/32/mixed",
  "int8/64",
  "int8/128",
  "int8/32/int16",
  "int8/32/float32",
  "int4/32",
  "int4/64",
  "int4/128",
  "int4/32/int16",
];
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    formats: { type: "string", default: all.join() },
    threads: { type: "string", default: "2" },
    chats: { type: "string", default: "12" },
    answer: { type: "string", default: "96" },
  },
});

async function load(format: string): Promise<BackendModel> {
  const [weights, blockSize = "32", rowPrecision = "int8"] = format.split("/") as [
    "int8" | "int4" | "float32" | "as-stored",
    string?,
    RowPrecision?,
  ];
  const loaded = await loadConverted(modelFile, { weights, blockSize: Number(blockSize), cache: benchCache });
  return createOnnxBackend({ threads: Number(values.threads), rowPrecision }).load(loaded.weights);
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** "equal argmax, mean |Δ log p|, largest" of a model on some texts */
async function deviation(model: BackendModel, texts: readonly Yardstick[]): Promise<string> {
  const equal: number[] = [];
  const differences: number[] = [];
  for (const { tokens, argmax, nextLogProbs } of texts) {
    const ours = await readings(model, tokens);
    for (const [row, token] of argmax.entries()) equal.push(ours.argmax[row] === token ? 1 : 0);
    for (const [row, right] of nextLogProbs.entries()) {
      differences.push(Math.abs((ours.nextLogProbs[row] as number) - right));
    }
  }
  const cells = [
    `${(100 * mean(equal)).toFixed(1)}%`,
    mean(differences).toFixed(4),
    Math.max(...differences).toFixed(2),
  ];
  return cells.map((cell) => cell.padStart(9)).join("");
}

requireModel();
const reference = referenceTexts();
const float = await load("float32");
const chat = await chatTexts(float, Number(values.chats), Number(values.answer));
await float.dispose();
const positions = (texts: readonly Yardstick[]): number => texts.reduce((sum, { tokens }) => sum + tokens.length, 0);
console.log(
  `SmolLM2-135M-Instruct (Q4_1 file): reference, ${positions(reference)} positions; chat, ${positions(chat)}; argmax equal, mean |Δ log p|, largest`,
);
console.log(`${"format".padEnd(20)}${"reference".padStart(18)}${"chat".padStart(27)}`);
for (const format of values.formats.split(",")) {
  const model = await load(format);
  console.log(`${format.padEnd(20)}${await deviation(model, reference)}${await deviation(model, chat)}`);
  await model.dispose();
}
