import { AnabranchError } from "./anabranch-error.js";

/** A graph names a value that does not exist, or two shapes in it disagree. */
export class InvalidGraphError extends AnabranchError {
  readonly code = "INVALID_GRAPH";
}
