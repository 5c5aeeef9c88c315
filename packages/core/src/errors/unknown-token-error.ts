import { AnabranchError } from "./anabranch-error.js";

/** A token id lies outside the model's vocabulary. */
export class UnknownTokenError extends AnabranchError {
  readonly code = "UNKNOWN_TOKEN";
}
