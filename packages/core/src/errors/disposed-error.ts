import { AnabranchError } from "./anabranch-error.js";

/** A model, sequence or adapter was used after dispose(). */
export class DisposedError extends AnabranchError {
  readonly code = "DISPOSED";
}
