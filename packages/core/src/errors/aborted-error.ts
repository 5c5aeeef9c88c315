import { AnabranchError } from "./anabranch-error.js";

/** The caller's AbortSignal fired. What was committed before it stays valid. */
export class AbortedError extends AnabranchError {
  readonly code = "ABORTED";
}
