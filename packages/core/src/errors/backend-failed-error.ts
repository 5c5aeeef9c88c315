import { AnabranchError } from "./anabranch-error.js";

/** The runtime below a backend failed; its own message is the cause. */
export class BackendFailedError extends AnabranchError {
  readonly code = "BACKEND_FAILED";
}
