import { AnabranchError } from "./anabranch-error.js";

/** A loss, gradient or logit is NaN or infinite. */
export class NotFiniteError extends AnabranchError {
  readonly code = "NOT_FINITE";
}
