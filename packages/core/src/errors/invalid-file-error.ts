import { AnabranchError } from "./anabranch-error.js";

/** A file is corrupt, truncated, or not of the format that its place says. */
export class InvalidFileError extends AnabranchError {
  readonly code = "INVALID_FILE";
}
