import { createWasmBackend } from "@anabranch/backend-wasm";
import type { Backend } from "@anabranch/core";
import type { WasmRowPrecision } from "./backend-choice.js";
import { checkPrecision } from "./check-precision.js";

export interface WasmSettings {
  readonly threads?: number | undefined;
  readonly rowPrecision?: WasmRowPrecision | undefined;
}

/** Drafts are made with 8 bits, whatever the model has: they are verified. @throws InvalidArgumentError */
export function openWasm({ threads, rowPrecision }: WasmSettings): Backend {
  checkPrecision("wasm", rowPrecision);
  return createWasmBackend({
    draftWeights: "int8",
    ...(threads === undefined ? {} : { threads }),
    ...(rowPrecision === undefined ? {} : { rowPrecision }),
  });
}
