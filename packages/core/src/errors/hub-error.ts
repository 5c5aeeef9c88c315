import { AnabranchError, type AnabranchErrorDetails } from "./anabranch-error.js";

/** What can be wrong between this machine and a hub of models. */
export type HubErrorCode = "HUB_NOT_FOUND" | "HUB_UNAUTHORIZED" | "HUB_RATE_LIMITED" | "HUB_UNAVAILABLE";

/** A hub of models did not give what was asked for: it has no such thing, refuses, or cannot be reached. */
export class HubError extends AnabranchError {
  readonly code: HubErrorCode;
  /** HTTP status of the last answer; undefined where there was none. */
  readonly status: number | undefined;

  constructor(code: HubErrorCode, message: string, details: AnabranchErrorDetails & { readonly status?: number } = {}) {
    super(message, details);
    this.code = code;
    this.status = details.status;
  }
}
