/**
 * What rounding costs: SmolLM2 in each format against float32, the same tokens fed. `pnpm bench quality [--formats
 * wasm/int8/32/mixed,onnx/int8/32/mixed] [--chats 12] [--answer 96]`: the share of positions with an equal argmax, and the mean
 * |Δ log-probability| of the texts' own tokens, on two sets of texts:
 *
 * - reference: ../shared/fixtures/smollm2-reference.json, by Hugging Face transformers (log-probabilities of the prompts alone: words
 *   that the model did not choose, which rounding moves most);
 * - chat: MT-Bench's first turns with the answers that our float32 gives, measured against our float32.
 *
 * A format is backend/weights[/block size[/what rows are rounded to]]: see `RowPrecision` of each backend.
 */
import { parseArgs } from "node:util";
import { createOnnxBackend, type RowPrecision as OnnxRowPrecision } from "@anabranch/backend-onnx";
import { createWasmBackend, type RowPrecision as WasmRowPrecision } from "@anabranch/backend-wasm";
import { benchCache, modelFile, requireModel } from "@anabranch/bench-kit/smollm2";
import type { WeightFormat } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel } from "@anabranch/core";
import { chatTexts, readings, referenceTexts, type Yardstick } from "./quality/texts.js";

const all = [
  "wasm/float32",
  "wasm/as-stored/32/int8",
  "wasm/as-stored/32/mixed",
  "wasm/as-stored/32/int14",
  "wasm/int8/32/int8",
  "wasm/int8/32/mixed",
  "wasm/int8/32/int14",
  "wasm/int8/64/mixed",
  "wasm/int8/128/mixed",
  "wasm/int4/32/mixed",
  "wasm/int4/32/int14",
  "onnx/float32",
  "onnx/as-stored",
  "onnx/as-stored/32/mixed",
  "onnx/as-stored/32/int16",
  "onnx/int8/32",
  "onnx/int8/32/mixed",
  "onnx/int8/64",
  "onnx/int8/128",
  "onnx/int8/32/int16",
  "onnx/int8/32/float32",
  "onnx/int4/32",
  "onnx/int4/64",
  "onnx/int4/128",
  "onnx/int4/32/int16",
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
const threads = Number(values.threads);

async function load(format: string): Promise<BackendModel> {
  const [backend, weights, blockSize = "32", rowPrecision] = format.split("/") as [string, WeightFormat, ...string[]];
  const loaded = await loadConverted(modelFile, { weights, blockSize: Number(blockSize), cache: benchCache });
  if (backend === "wasm") {
    const precision = (rowPrecision ?? "mixed") as WasmRowPrecision;
    return createWasmBackend({ threads, rowPrecision: precision }).load(loaded.weights);
  }
  const precision = (rowPrecision ?? "int8") as OnnxRowPrecision;
  return createOnnxBackend({ threads, rowPrecision: precision }).load(loaded.weights);
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
const float = await load("onnx/float32");
const chat = await chatTexts(float, Number(values.chats), Number(values.answer));
await float.dispose();
const positions = (texts: readonly Yardstick[]): number => texts.reduce((sum, { tokens }) => sum + tokens.length, 0);
console.log(
  `SmolLM2-135M-Instruct (Q4_1 file): reference, ${positions(reference)} positions; chat, ${positions(chat)}; argmax equal, mean |Δ log p|, largest`,
);
console.log(`${"format".padEnd(26)}${"reference".padStart(18)}${"chat".padStart(27)}`);
for (const format of values.formats.split(",")) {
  const model = await load(format);
  console.log(`${format.padEnd(26)}${await deviation(model, reference)}${await deviation(model, chat)}`);
  await model.dispose();
}
