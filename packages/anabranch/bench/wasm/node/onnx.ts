/** The ONNX backend's side of `pnpm bench wasm`, loaded as `load` loads it: from a converted copy that the runtime maps. */
import { createOnnxBackend, type RowPrecision } from "@anabranch/backend-onnx";
import { loadConverted } from "@anabranch/checkpoints/node";
import { decodePlainly } from "../decode-plainly.js";
import { serve, settings } from "./serve.js";

const { file, threads, rowPrecision, cache } = settings();
const { weights } = await loadConverted(file, { weights: "as-stored", cache });
const precision = rowPrecision === undefined ? {} : { rowPrecision: rowPrecision as RowPrecision };
const model = await createOnnxBackend({ threads, ...precision }).load(weights);
serve((task) => decodePlainly(model, task));
