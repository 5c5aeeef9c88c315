import { AnabranchError } from "./anabranch-error.js";

/** A checkpoint lacks a tensor that its configuration calls for. */
export class MissingTensorError extends AnabranchError {
  readonly code = "MISSING_TENSOR";
}
