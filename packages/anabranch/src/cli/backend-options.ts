import type { WeightFormat } from "@anabranch/checkpoints";
import { createReferenceBackend } from "@anabranch/core";
import { type Command, Option } from "commander";
import {
  type BackendChoice,
  type BackendName,
  DEFAULT_BACKEND,
  ROW_PRECISIONS,
  type RowPrecision,
} from "../backend/backend-choice.js";
import type { LoadSettings } from "../model/load.js";
import { wholeNumber } from "./whole-number.js";

export interface BackendOptions {
  readonly backend: BackendName | "reference";
  readonly threads?: number;
  readonly weights?: WeightFormat | "f32";
  readonly rowPrecision?: RowPrecision;
}

/** Options that say what to run a model on. */
export function addBackendOptions(command: Command): Command {
  const names = Object.keys(ROW_PRECISIONS);
  return command
    .addOption(
      new Option("--backend <name>", "what computes; onnx needs @anabranch/backend-onnx")
        .choices([...names, "reference"])
        .default(DEFAULT_BACKEND),
    )
    .option("--threads <n>", "threads of the backend; all processors when absent", wholeNumber(1))
    .addOption(
      new Option(
        "--weights <format>",
        "what weights become (default: quantized for wasm, which is int8 where the file has floats; else float32)",
      ).choices(["float32", "f32", "int8", "int4", "quantized", "as-stored"]),
    )
    .addOption(
      new Option(
        "--row-precision <format>",
        `what rows keep in products with 8-bit or 4-bit weights; ${precisions()} (default: mixed)`,
      ).choices([...new Set(Object.values(ROW_PRECISIONS).flat())]),
    );
}

const precisions = (): string =>
  Object.entries(ROW_PRECISIONS)
    .map(([name, values]) => `${name}: ${values.join(", ")}`)
    .join("; ");

/** What `load` is to run a model on. */
export function backendFrom({ backend, threads, weights, rowPrecision }: BackendOptions): BackendChoice & LoadSettings {
  const choice = {
    backend: backend === "reference" ? createReferenceBackend() : backend,
    ...(rowPrecision === undefined ? {} : { rowPrecision }),
  } as BackendChoice; // Which precision is whose, `load` checks.
  return {
    ...choice,
    ...(threads === undefined ? {} : { threads }),
    ...(weights === undefined ? {} : { weights: weights === "f32" ? "float32" : weights }),
  };
}
