import { AnabranchError } from "./anabranch-error.js";

/** Something that the backend, model or format at hand declares it cannot do was asked for. */
export class UnsupportedError extends AnabranchError {
  readonly code = "UNSUPPORTED";
}
