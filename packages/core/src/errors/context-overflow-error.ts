import { AnabranchError } from "./anabranch-error.js";

/** The committed text and the rows of a pass do not fit the model's positions or the cache. */
export class ContextOverflowError extends AnabranchError {
  readonly code = "CONTEXT_OVERFLOW";
}
