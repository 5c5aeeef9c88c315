import { AnabranchError } from "./anabranch-error.js";

/** A file's content does not match the checksum stored with it. */
export class ChecksumError extends AnabranchError {
  readonly code = "CHECKSUM_MISMATCH";
}
