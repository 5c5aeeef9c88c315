/** The worker of our page: the WebAssembly backend on the very file that wllama reads. */
import { createWasmBackend, type RowPrecision } from "@anabranch/backend-wasm";
import { loadModel } from "@anabranch/checkpoints";
import { decodePlainly } from "../../decode-plainly.js";
import type { Task } from "../../side.js";
import { fetchModel, pageSettings, platform } from "./page-platform.js";

const settings = pageSettings();
const { threads } = settings;
const { weights } = await loadModel(new Map([["model.gguf", await fetchModel(settings)]]));
const model = await createWasmBackend({ threads, rowPrecision: settings.rowPrecision as RowPrecision }).load(weights);
for (const warning of model.warnings ?? []) throw new Error(warning);
platform.onmessage = async ({ data }) => platform.postMessage(await decodePlainly(model, data as Task));
platform.postMessage("loaded");
