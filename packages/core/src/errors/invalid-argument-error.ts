import { AnabranchError } from "./anabranch-error.js";

/** A caller passed a value outside what the function's documentation allows. */
export class InvalidArgumentError extends AnabranchError {
  readonly code = "INVALID_ARGUMENT";
}
