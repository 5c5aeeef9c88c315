import { AnabranchError } from "./anabranch-error.js";

/** A file or folder could not be read or written. */
export class IoError extends AnabranchError {
  readonly code = "IO";
}
