/** The WebAssembly backend's side of `pnpm bench wasm`, on the very file that llama.cpp reads. */
import { createWasmBackend, type RowPrecision } from "@anabranch/backend-wasm";
import { loadModel } from "@anabranch/checkpoints";
import { decodePlainly } from "../decode-plainly.js";
import { serve, settings } from "./serve.js";

const { file, threads, rowPrecision } = settings();
const { weights } = await loadModel(file);
const precision = rowPrecision === undefined ? {} : { rowPrecision: rowPrecision as RowPrecision };
const model = await createWasmBackend({ threads, ...precision }).load(weights);
serve((task) => decodePlainly(model, task));
