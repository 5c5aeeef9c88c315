import { AnabranchError } from "./anabranch-error.js";

/** An adapter was made for another base model. */
export class WrongBaseModelError extends AnabranchError {
  readonly code = "WRONG_BASE_MODEL";
}
